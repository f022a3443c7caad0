import { randomUUID } from "node:crypto"
import { readdirSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { inject } from "vitest"
import { stockCheck } from "../../src/cli/checks/content.ts"
import { lettersCheck } from "../../src/cli/checks/database.ts"
import { pool } from "../../src/layers/Postgres.ts"
import { Settings } from "../../src/layers/Settings.ts"
import { databaseUrl, freshDatabase } from "../support/database.ts"
import { s3Server, unusedS3 } from "../support/s3.ts"
import { webhookSecret } from "../support/webhooks.ts"
import { data, zst } from "./zst.ts"

const check = (checks: ReadonlyArray<any>, name: string) => checks.find((entry) => entry.name === name)

const filesOf = (directory: string) =>
  readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())

describe("zst doctor", () => {
  it.live("finds everything in order, and shows no secret", () =>
    Effect.gen(function* () {
      const env = { DATABASE_URL: yield* freshDatabase, PORT: "0" }
      const { code, stdout, stderr } = yield* zst(["doctor"], { env })
      assert.deepStrictEqual([code, stderr], [0, ""])
      for (const line of [
        /✓ +PostgreSQL +18/,
        /✓ +pg_trgm/,
        /✓ +Migrations .*up to date/,
        /✓ +Object store +/,
        /✓ +DATABASE_URL +set, hidden/
      ]) {
        assert.match(stdout, line)
      }
      assert.notInclude(stdout, new URL(env.DATABASE_URL).password)
    }).pipe(Effect.scoped)
  )

  const on = <A, E>(url: string, work: Effect.Effect<A, E, SqlClient.SqlClient>) =>
    Effect.provide(work, pool({ url: Redacted.make(url), maxConnections: 2 }))

  it.live("says that a search takes Arabic for signs where the database knows ASCII alone", () =>
    Effect.gen(function* () {
      const server = inject("postgresUrl")
      const name = `t_${randomUUID().replaceAll("-", "")}`
      const run = (url: string, statement: string) =>
        on(
          url,
          Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(statement).unprepared)
        )
      yield* Effect.acquireRelease(
        run(server, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C'`),
        () => Effect.orDie(run(server, `DROP DATABASE ${name} WITH (FORCE)`))
      )
      const url = databaseUrl(server, name)
      assert.deepStrictEqual(yield* on(url, lettersCheck), [])
      yield* run(url, "CREATE EXTENSION pg_trgm")
      const [letters] = yield* on(url, lettersCheck)
      assert.deepInclude(letters, { name: "Search", status: "wrong", found: "takes Arabic letters for other signs" })
    }).pipe(Effect.scoped)
  )

  it.live("takes no other port than digits", () =>
    Effect.gen(function* () {
      for (const PORT of ["1e3", "0x10", "3000.0", "+80"]) {
        const settings = Settings.layer.pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({ PORT }))))
        const error = yield* Effect.flip(Effect.provide(Settings, settings))
        assert.include(String(error), "PORT", PORT)
      }
    })
  )

  it.live("names what of the database it could not look at, and looks at the rest", () =>
    Effect.gen(function* () {
      const url = yield* freshDatabase
      yield* on(
        url,
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* sql`ALTER TABLE event_consumers RENAME COLUMN position TO place`
          yield* sql`ALTER TABLE skus RENAME TO stocks`
          yield* sql`CREATE VIEW skus AS SELECT s.* FROM stocks s UNION ALL SELECT s.* FROM pg_sleep(60), stocks s`
          assert.deepStrictEqual(yield* stockCheck(200), [
            {
              name: "Stock",
              status: "warning",
              found: "took too long, not looked at",
              advice: "look again when the database has less to do"
            }
          ])
          yield* sql`DROP VIEW skus`
        })
      )
      const { checks } = data(yield* zst(["doctor", "--json"], { env: { DATABASE_URL: url, PORT: "0" } }))
      for (const name of ["PostgreSQL", "Migrations", "Jobs"]) assert.deepInclude(check(checks, name), { status: "ok" })
      for (const [name, why] of [
        ["Stock", /relation "skus" does not exist/],
        ["Events", /column .*position.* does not exist/]
      ] as const) {
        assert.deepInclude(check(checks, name), { status: "wrong", found: "not looked at" })
        assert.match(check(checks, name).advice, why)
      }
    }).pipe(Effect.scoped)
  )

  it.live("says that a database holds the tables of somebody else", () =>
    Effect.gen(function* () {
      const url = yield* freshDatabase
      yield* on(
        url,
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* sql`DROP SCHEMA public CASCADE`
          yield* sql`CREATE SCHEMA public`
          yield* sql`CREATE TABLE users (id int)`
          yield* sql`CREATE TABLE jobs (id int)`
        })
      )
      const { code, stdout } = yield* zst(["doctor", "--json"], { env: { DATABASE_URL: url, PORT: "0" } })
      assert.strictEqual(code, 1)
      const { checks } = JSON.parse(stdout).data
      assert.strictEqual(check(checks, "PostgreSQL").status, "ok")
      assert.deepInclude(check(checks, "Migrations"), { status: "wrong", found: "not ours" })
      assert.match(check(checks, "Migrations").advice, /^This database holds tables that are not ours \(jobs, users\)/)
      for (const name of ["Jobs", "Stock", "Events"]) assert.isUndefined(check(checks, name))
      // What stays of it has no events to be held to their types.
      yield* on(
        url,
        SqlClient.SqlClient.use((sql) => sql`CREATE TABLE events (type text, payload jsonb)`)
      )
    }).pipe(Effect.scoped)
  )

  it.live("names each setting that cannot be read, and exits with 1", () =>
    Effect.gen(function* () {
      const env = { DATABASE_URL: yield* freshDatabase, PORT: "99999", CLERK_JWT_KEY: "not a key" }
      const { code, stdout, stderr } = yield* zst(["doctor", "--json"], { env })
      assert.strictEqual(code, 1)
      assert.strictEqual(JSON.parse(stderr).error.message, "Something is wrong with PORT, CLERK_JWT_KEY: see above.")
      const { ok, checks } = JSON.parse(stdout).data
      assert.isFalse(ok)
      assert.deepInclude(check(checks, "PORT"), {
        status: "wrong",
        advice: "cannot be read; expected a port, 0 to 65535"
      })
      assert.strictEqual(check(checks, "PostgreSQL").status, "ok")
      assert.notInclude(stdout, "not a key")
    }).pipe(Effect.scoped)
  )

  it.live("says what production lacks, and that a database is not reached", () =>
    Effect.gen(function* () {
      const env = { NODE_ENV: "production", DATABASE_URL: "postgres://a:hunter2secret@127.0.0.1:9/x", PORT: "0" }
      const ended = yield* zst(["doctor", "--json"], { env })
      assert.strictEqual(ended.code, 1)
      const { checks } = data(ended)
      assert.match(check(checks, "PostgreSQL").advice, /^Cannot reach the database at 127\.0\.0\.1:9/)
      assert.match(check(checks, "CLERK_JWT_KEY").advice, /production needs it .*, or CLERK_SECRET_KEY$/)
      assert.match(check(checks, "CLERK_WEBHOOK_SECRET").advice, /production needs it/)
      for (const name of Object.keys(unusedS3)) assert.match(check(checks, name).advice, /production needs it/)
      assert.match(
        check(checks, "CLERK_AUTHORIZED_PARTIES").advice,
        /production needs it .*, or CLERK_ALLOW_MISSING_AZP=true$/
      )
      assert.notInclude(ended.stdout + ended.stderr, "hunter2secret")
    })
  )

  it.live("shows which proxies are trusted, and warns of limits that are off in production", () =>
    Effect.gen(function* () {
      const env = { NODE_ENV: "production", TRUSTED_PROXIES: "127.0.0.1,::1", RATE_LIMITS: "off", PORT: "0" }
      const { checks } = data(yield* zst(["doctor", "--json"], { env }))
      assert.deepInclude(check(checks, "TRUSTED_PROXIES"), { status: "ok", found: "127.0.0.1, ::1" })
      assert.deepInclude(check(checks, "RATE_LIMITS"), { status: "warning", found: "off" })
    })
  )

  it.live("names networks that are none, and limits that are neither on nor off", () =>
    Effect.gen(function* () {
      const env = { TRUSTED_PROXIES: "127.0.0.1, 10.0.0.0/40", RATE_LIMITS: "no", PORT: "0" }
      const { code, stderr } = yield* zst(["serve"], { env })
      assert.deepStrictEqual(
        [code, stderr],
        [
          1,
          'TRUSTED_PROXIES cannot be read ("10.0.0.0/40" is none); expected addresses and networks with commas, such as 127.0.0.1, 10.0.0.0/8\n' +
            "RATE_LIMITS cannot be read; expected on, or off for load tests\n"
        ]
      )
    })
  )

  it.live("takes either of two settings in production, and shows no secret", () =>
    Effect.gen(function* () {
      const store = yield* s3Server
      const secrets = {
        CLERK_SECRET_KEY: "sk_live_hunter2secret",
        CLERK_WEBHOOK_SECRET: ` ${webhookSecret}\n`
      }
      const { code, stdout, stderr } = yield* zst(["doctor", "--json"], {
        env: {
          ...secrets,
          ...store.environment,
          NODE_ENV: "production",
          DATABASE_URL: yield* freshDatabase,
          CLERK_ALLOW_MISSING_AZP: "true",
          CLERK_API_URL: "",
          PORT: "0"
        }
      })
      assert.deepStrictEqual([code, stderr], [0, ""])
      const { checks } = JSON.parse(stdout).data
      const hidden = ["CLERK_SECRET_KEY", "CLERK_WEBHOOK_SECRET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"]
      assert.match(check(checks, "Object store").found, /^bucket zst-test at 127\.0\.0\.1:\d+$/)
      // This one gives everything to everybody; the doctor leaves nothing behind.
      assert.match(check(checks, "Uploads").found, /^can be read by anybody at S3_PUBLIC_URL$/)
      assert.strictEqual(check(checks, "Uploads").status, "warning")
      const elsewhere = {
        ...store.environment,
        S3_PUBLIC_URL: "http://127.0.0.1:9/zst-test",
        DATABASE_URL: yield* freshDatabase
      }
      const closed = yield* zst(["doctor", "--json"], { env: { ...elsewhere, PORT: "0" } })
      assert.isUndefined(JSON.parse(closed.stdout).data.checks.find((one: { name: string }) => one.name === "Uploads"))
      assert.deepStrictEqual(filesOf(store.directory), [])
      for (const name of hidden) {
        assert.deepInclude(check(checks, name), { status: "ok", found: "set, hidden" })
      }
      assert.deepInclude(check(checks, "CLERK_API_URL"), { status: "ok", found: "https://api.clerk.com (default)" })
      for (const secret of Object.values(secrets)) assert.notInclude(stdout, secret.trim())
    }).pipe(Effect.scoped)
  )

  it.live("says that the bucket is not there, or its server, and shows no secret", () =>
    Effect.gen(function* () {
      const { environment } = yield* s3Server
      const database = { DATABASE_URL: yield* freshDatabase, PORT: "0" }
      const cases: ReadonlyArray<readonly [Record<string, string>, RegExp]> = [
        [{ ...environment, S3_BUCKET: "another" }, /NoSuchBucket/],
        [unusedS3, /ECONNREFUSED/]
      ]
      for (const [store, reason] of cases) {
        const { code, stdout, stderr } = yield* zst(["doctor", "--json"], { env: { ...database, ...store } })
        assert.strictEqual(code, 1)
        assert.match(JSON.parse(stderr).error.message, /^Something is wrong with Object store: /)
        const found = check(JSON.parse(stdout).data.checks, "Object store")
        assert.match(found.found, /does not work$/)
        assert.match(found.advice, reason)
        assert.notInclude(stdout, "hunter2")
      }
    }).pipe(Effect.scoped)
  )

  it.live("wants all of a store's settings, or none", () =>
    Effect.gen(function* () {
      const { S3_BUCKET: _, S3_SECRET_ACCESS_KEY: __, ...some } = unusedS3
      const env = { ...some, DATABASE_URL: yield* freshDatabase, PORT: "0" }
      const { code, stderr } = yield* zst(["serve"], { env })
      assert.deepStrictEqual(
        [code, stderr],
        [
          1,
          "S3_BUCKET is missing; the store that other S3 settings name needs it (a bucket's name)\n" +
            "S3_SECRET_ACCESS_KEY is missing; the store that other S3 settings name needs it (the secret of that access key)\n"
        ]
      )
    }).pipe(Effect.scoped)
  )

  it.live("names each setting of Clerk that cannot be right", () =>
    Effect.gen(function* () {
      const env = {
        DATABASE_URL: yield* freshDatabase,
        PORT: "0",
        CLERK_SECRET_KEY: "pk_test_x",
        CLERK_API_URL: "http://api.clerk.example",
        CLERK_WEBHOOK_SECRET: "whsec_short"
      }
      const { code, stderr } = yield* zst(["doctor"], { env })
      assert.strictEqual(code, 1)
      assert.match(stderr, /^Something is wrong with CLERK_SECRET_KEY, CLERK_API_URL, CLERK_WEBHOOK_SECRET: /)
    }).pipe(Effect.scoped)
  )
})

describe("zst serve, in production", () => {
  it.live("does not start, and says in one error all that it lacks", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* zst(["serve"], { env: { NODE_ENV: "production", PORT: "0" } })
      assert.strictEqual(code, 1)
      const named = stderr
        .trim()
        .split("\n")
        .map((line) => line.split(" ")[0])
      assert.deepStrictEqual(named, [
        "DATABASE_URL",
        "CLERK_JWT_KEY",
        "CLERK_WEBHOOK_SECRET",
        "CLERK_AUTHORIZED_PARTIES",
        ...Object.keys(unusedS3)
      ])
    })
  )
})
