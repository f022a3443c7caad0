import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import * as Clerk from "../../../src/layers/Clerk.ts"
import * as DevIssuer from "../../../src/layers/DevIssuer.ts"
import { Tokens } from "../../../src/services/auth/Tokens.ts"
import { makeKey } from "../../support/tokens.ts"

const dataDir = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "zst-dev-issuer-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true }))
)
const verify = (dir: string, token: string) =>
  Effect.flatMap(Tokens, (tokens) => tokens.verify(token)).pipe(Effect.provide(DevIssuer.layer(dir)))

const module = fileURLToPath(new URL("../../../src/layers/DevIssuer.ts", import.meta.url))
const program = `
  const { load } = await import(process.argv[1])
  const { Effect } = await import("effect")
  process.send("ready")
  await new Promise((resolve) => process.once("message", resolve))
  process.stdout.write((await Effect.runPromise(load(process.argv[2]))).publicKeyPem)
  process.disconnect()`

/** The keys that so many processes load, each let go once all of them stand ready. */
const loadAtOnce = async (dir: string, count: number) => {
  const start = (): ChildProcess =>
    spawn(process.execPath, ["--input-type=module", "-e", program, module, dir], {
      stdio: ["ignore", "pipe", "inherit", "ipc"]
    })
  const children = Array.from({ length: count }, start)
  await Promise.all(children.map((child) => once(child, "message")))
  for (const child of children) child.send("go")
  return Promise.all(children.map((child) => (child.stdout ? text(child.stdout) : "")))
}

describe("the development issuer", () => {
  it.effect("signs tokens of Clerk's shape that the Clerk layer takes, for 30 days", () =>
    Effect.gen(function* () {
      const dir = yield* dataDir
      yield* TestClock.setTime(1_800_000_000_000)
      const user = DevIssuer.devUser({ role: "seller", seller_category: "grossiste" })
      const token = yield* (yield* DevIssuer.load(dir)).sign({ sub: user.sub, name: user.name, email: user.email })
      const { session_id, ...claims } = yield* verify(dir, token)
      assert.match(session_id ?? "", /^sess_dev_/)
      assert.deepStrictEqual(claims, {
        clerk_id: "user_dev_seller_grossiste",
        name: "Demo grossiste",
        email: "seller.grossiste@zst.example",
        expires_at: 1_800_000_000 + 30 * 24 * 60 * 60
      })
      yield* TestClock.adjust("31 days")
      assert.strictEqual((yield* Effect.flip(verify(dir, token))).message, "The access token is expired.")
    })
  )

  it.effect("lets a token live as long as asked", () =>
    Effect.gen(function* () {
      const dir = yield* dataDir
      const token = yield* (yield* DevIssuer.load(dir)).sign({ sub: "user_x", expires_in_seconds: 60 })
      assert.strictEqual((yield* verify(dir, token)).expires_at, 60)
    })
  )

  it.effect("keeps its key, for its owner's eyes only, in a directory that it makes", () =>
    Effect.gen(function* () {
      const dir = join(yield* dataDir, "made", "here")
      const token = yield* (yield* DevIssuer.load(dir)).sign({ sub: "user_x" })
      yield* verify(dir, token)
      assert.deepStrictEqual(yield* Effect.promise(() => readdir(dir)), ["dev-issuer.pem"])
      const { mode } = yield* Effect.promise(() => stat(join(dir, "dev-issuer.pem")))
      assert.strictEqual(mode & 0o777, 0o600)
    })
  )

  it.effect("has one key when processes start at the same instant", () =>
    Effect.gen(function* () {
      const dir = yield* dataDir
      const keys = yield* Effect.promise(() => loadAtOnce(dir, 3))
      const here = yield* DevIssuer.load(dir)
      assert.deepStrictEqual(keys, [here.publicKeyPem, here.publicKeyPem, here.publicKeyPem])
      assert.deepStrictEqual(yield* Effect.promise(() => readdir(dir)), ["dev-issuer.pem"])
    })
  )

  it.effect("has one key when it is loaded several times at once", () =>
    Effect.gen(function* () {
      const dir = yield* dataDir
      const issuers = yield* Effect.replicateEffect(DevIssuer.load(dir), 4, { concurrency: 4 })
      assert.strictEqual(new Set(issuers.map(({ publicKeyPem }) => publicKeyPem)).size, 1)
    })
  )

  it.effect("is not Clerk: its tokens are worth nothing to another key", () =>
    Effect.gen(function* () {
      const dev = yield* DevIssuer.load(yield* dataDir)
      const elsewhere = Clerk.layer({
        jwtKey: Redacted.make(makeKey().publicKeyPem),
        issuer: dev.issuer,
        authorizedParties: [dev.authorizedParty],
        allowMissingAzp: false
      })
      const token = yield* dev.sign({ sub: "user_x" })
      yield* Effect.flip(Effect.flatMap(Tokens, (tokens) => tokens.verify(token)).pipe(Effect.provide(elsewhere)))
    })
  )

  it.effect.each(["", "-----BEGIN PRIVATE KEY-----\nMIIE", "{}"])("says what to do about a damaged key %j", (content) =>
    Effect.gen(function* () {
      const dir = yield* dataDir
      const path = join(dir, "dev-issuer.pem")
      yield* Effect.promise(() => writeFile(path, content))
      const { message } = yield* Effect.flip(DevIssuer.load(dir))
      assert.include(message, `${path} is damaged: delete it and start again`)
      assert.notInclude(message, "\n")
      assert.strictEqual(yield* Effect.promise(() => readFile(path, "utf8")), content)
    })
  )

  it.effect("says what to do when it cannot keep its key", () =>
    Effect.gen(function* () {
      const file = join(yield* dataDir, "file")
      yield* Effect.promise(() => writeFile(file, ""))
      const { message } = yield* Effect.flip(DevIssuer.load(file))
      assert.match(message, /cannot be read or made \(ENOTDIR\): give this user access to it\.$/)
    })
  )

  it.effect("is never on in production", () =>
    Effect.gen(function* () {
      const dir = yield* dataDir
      const production = ConfigProvider.layer(ConfigProvider.fromUnknown({ NODE_ENV: "production" }))
      const error = yield* Effect.flip(Layer.build(DevIssuer.layer(dir)).pipe(Effect.provide(production)))
      assert.include(error.message, "never on in production")
      assert.deepStrictEqual(yield* Effect.promise(() => readdir(dir)), [])
    })
  )
})

describe("a development user", () => {
  it("is the same for the same arguments", () => {
    const args = { role: "seller", seller_category: "fournisseur", name: "Amine Benali" } as const
    assert.deepStrictEqual(DevIssuer.devUser(args), DevIssuer.devUser({ ...args, name: " Amine Benali " }))
  })

  it("is another for other arguments, whatever the script of the name", () => {
    const names = [undefined, "ali", "Ali", "áli", "علي", "عمر", "a li", "importateur", "x".repeat(40), "x".repeat(41)]
    const people = names.flatMap((name) => [
      DevIssuer.devUser({ role: "customer", ...(name && { name }) }),
      DevIssuer.devUser({ role: "seller", ...(name && { name }) }),
      DevIssuer.devUser({ role: "seller", seller_category: "grossiste", ...(name && { name }) })
    ])
    assert.strictEqual(new Set(people.map(({ sub }) => sub)).size, people.length)
    assert.strictEqual(new Set(people.map(({ email }) => email)).size, people.length)
    for (const { sub } of people) assert.match(sub, /^user_dev_[a-z0-9_]+$/)
  })

  it("is the demo user of the role when nobody is named", () => {
    assert.strictEqual(DevIssuer.devUser({ role: "admin" }).sub, "user_dev_admin")
    assert.strictEqual(DevIssuer.devUser({ role: "customer", seller_category: "grossiste" }).seller_category, null)
    assert.strictEqual(DevIssuer.devUser({ role: "seller" }).sub, "user_dev_seller_importateur")
  })
})
