/** Settings that are almost right: read as what they mean, or refused with what is wrong. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Redacted } from "effect"
import { findings } from "../../src/layers/Settings.ts"
import { root } from "../cli/zst.ts"

const finding = Effect.fnUntraced(function* (name: string, text: string) {
  const provider = ConfigProvider.fromEnv({ env: { [name]: text } })
  const found = yield* findings.pipe(Effect.provideService(ConfigProvider.ConfigProvider, provider))
  return found.find((each) => each.name === name) ?? (yield* Effect.die(name))
})

const valueIn = Effect.fnUntraced(function* (name: string, text: string) {
  const { problem, value } = yield* finding(name, text)
  assert.isUndefined(problem, `${name}=${text}`)
  return Redacted.isRedacted(value) ? Redacted.value(value) : value
})

const read: Record<string, ReadonlyArray<readonly [text: string, value: unknown]>> = {
  CORS_ORIGINS: [
    ["", []],
    ["*", ["*"]],
    [" https://a.dz , http://localhost:3000,", ["https://a.dz", "http://localhost:3000"]],
    ["HTTPS://A.dz/", ["https://a.dz"]],
    ["https://a.dz:443", ["https://a.dz"]],
    ["https://متجر.الجزائر", ["https://xn--pgbep1f.xn--lgbbat1ad8j"]],
    ["http://[::1]:3000", ["http://[::1]:3000"]]
  ],
  CLERK_AUTHORIZED_PARTIES: [["https://A.dz/, https://b.dz:8443", ["https://a.dz", "https://b.dz:8443"]]],
  CLERK_ISSUER: [
    [" ", undefined],
    [" https://Clerk.example.dz/ ", "https://clerk.example.dz"],
    ["https://example.dz/__clerk/", "https://example.dz/__clerk"]
  ],
  CLERK_API_URL: [
    [" ", "https://api.clerk.com"],
    ["HTTPS://API.CLERK.COM/", "https://api.clerk.com"],
    ["http://localhost:4000/", "http://localhost:4000"],
    ["http://[::1]:4000", "http://[::1]:4000"]
  ],
  PUBLIC_URL: [
    ["https://api.dz/ ", "https://api.dz"],
    ["http://192.168.1.5:3000/base/", "http://192.168.1.5:3000/base"]
  ],
  ZST_DATA_DIR: [
    [" ", join(root, ".zst")],
    [" /srv/zst ", "/srv/zst"],
    ["data/zst", join(root, "data/zst")]
  ],
  HOST: [
    [" ", "127.0.0.1"],
    [" 0.0.0.0 ", "0.0.0.0"]
  ],
  NODE_ENV: [
    [" ", "development"],
    ["production ", "production"],
    ["test", "test"]
  ],
  DATABASE_URL: [
    ...["require", "verify-full", "prefer", "disable"].map((mode) => {
      const url = `postgres://u:p@h:5432/db?sslmode=${mode}`
      return [` ${url}`, url] as const
    }),
    ["postgresql:///db?host=/run/postgresql&port=5433", "postgresql:///db?host=/run/postgresql&port=5433"]
  ]
}

const refused: Record<string, ReadonlyArray<readonly [text: string, why: RegExp]>> = {
  CORS_ORIGINS: [
    ["https://a.dz\nhttps://b.dz", /\("https:\/\/a\.dz\\nhttps:\/\/b\.dz" is none\)/],
    ["https://ok.dz, a.dz", /\("a\.dz" is none\)/],
    ["*,https://a.dz", /\("\*" goes with no other\)/],
    ...[
      "https://a.dz/app",
      "https://a.dz?x",
      "https://a.dz#x",
      "https://a.dz;https://b.dz",
      "https://a.dz;b.dz",
      "https://a.dz https://b.dz",
      "https://*.a.dz",
      "https://u:p@a.dz",
      "https:a.dz",
      "https:\\\\a.dz",
      "ftp://a.dz",
      "null",
      "https://"
    ].map((text) => [text, / is none\)/] as const)
  ],
  CLERK_AUTHORIZED_PARTIES: [
    ["*", /\("\*" is none\)/],
    ["https://a.dz, https://b.dz/app", /\("https:\/\/b\.dz\/app" is none\)/]
  ],
  TRUSTED_PROXIES: [["127.0.0.1, 10.0.0.0/40", /\("10\.0\.0\.0\/40" is none\)/]],
  CLERK_ISSUER: ["clerk.example.dz", "http://clerk.example.dz", "https://c.dz?x=1", "https://a b.dz"].map(
    (text) => [text, /expected https:/] as const
  ),
  CLERK_API_URL: [
    "http://localhost:80@evil.com/",
    "https://user:pw@api.clerk.com",
    "http://localhost.evil.com",
    "http://api.clerk.com",
    "https://api.clerk.com?a=b"
  ].map((text) => [text, /expected https:/] as const),
  PUBLIC_URL: ["https://api.dz?x=1", "https://api.dz/#a", "https://u:p@api.dz", "https://api.dz/a b", "api.dz"].map(
    (text) => [text, /expected https:/] as const
  ),
  S3_PUBLIC_URL: [["https://media.dz?x=1", /expected https:/]],
  ZST_DATA_DIR: [
    ["~/zst", /written out/],
    ['"/var/lib/zst"', /without quotes/]
  ],
  NODE_ENV: ["Production", "prod", "PRODUCTION"].map(
    (text) => [text, /expected production, development or test/] as const
  ),
  DATABASE_URL: [
    ["postgres://u:hunter2@h/db?ssl=true", /the parameter ssl is none of host, /],
    ["postgres://u:hunter2@h/db?SSLMODE=require", /the parameter SSLMODE is none of /],
    ["postgres://u:hunter2@h/db?sslmode=require&channel_binding=require", /the parameter channel_binding is none of /],
    ["postgres://u:hunter2@h/db?sslmode=Require", /sslmode is none of disable, /],
    ["postgres://u:hunter2@h/db?connect_timeout=5s", /connect_timeout is no number/],
    ["postgres://u:hunter2@h/db?port=0", /port is no number/],
    ["postgres://u:hunter2@h:0/db", /its port is none/],
    ["postgres://u:hunter2%zz@h/db", /a % in it/],
    ["postgres://u:hunter2@h/db#x", /a # in it/],
    ["postgres://u:hunter2@h", /it names no database/],
    ["postgres:db", /it is no such address/],
    ["mysql://h/db", /it is no such address/]
  ]
}

describe("settings", () => {
  for (const [name, cases] of Object.entries(read)) {
    it.effect(`${name} is read as what it means`, () =>
      Effect.gen(function* () {
        for (const [text, value] of cases) assert.deepStrictEqual(yield* valueIn(name, text), value, text)
      })
    )
  }

  for (const [name, cases] of Object.entries(refused)) {
    it.effect(`${name} is refused by name, with what is wrong and no secret, on one line`, () =>
      Effect.gen(function* () {
        for (const [text, why] of cases) {
          const { problem = "" } = yield* finding(name, text)
          assert.isTrue(problem.startsWith(`${name} cannot be read`), `${name}=${text}: ${problem}`)
          assert.match(problem, why)
          assert.notInclude(problem, "\n")
          assert.notInclude(problem, "hunter2")
        }
      })
    )
  }
})

it.effect("every setting is told of in the README", () =>
  Effect.gen(function* () {
    const readme = readFileSync(join(root, "README.md"), "utf8")
    const provider = ConfigProvider.fromEnv({ env: {} })
    const names = yield* findings.pipe(Effect.provideService(ConfigProvider.ConfigProvider, provider))
    for (const { name } of names) assert.include(readme, `\`${name}\``)
  })
)
