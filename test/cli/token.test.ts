import { assert, layer } from "@effect/vitest"
import { ConfigProvider, Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { inject } from "vitest"
import { App } from "../../src/layers/App.ts"
import { Accounts } from "../../src/services/accounts/Accounts.ts"
import { Tokens } from "../../src/services/auth/Tokens.ts"
import { Users } from "../../src/services/auth/Users.ts"
import { freshDatabase } from "../support/database.ts"
import { unusedS3 } from "../support/s3.ts"
import { makeKey } from "../support/tokens.ts"
import { webhookSecret } from "../support/webhooks.ts"
import { data, zst } from "./zst.ts"

class DatabaseUrl extends Context.Service<DatabaseUrl, string>()("zst/test/DatabaseUrl") {}

/** What a server on the same database and data directory would verify tokens with. */
const Beside = Layer.unwrap(
  Effect.map(freshDatabase, (url) =>
    App.pipe(
      Layer.provide(
        ConfigProvider.layer(ConfigProvider.fromUnknown({ DATABASE_URL: url, ZST_DATA_DIR: inject("dataDir") }))
      ),
      Layer.merge(Layer.succeed(DatabaseUrl, url))
    )
  )
)

const token = (args: ReadonlyArray<string>, env: Record<string, string> = {}) =>
  Effect.flatMap(DatabaseUrl, (url) => zst(["token", ...args], { env: { DATABASE_URL: url, ...env } }))

const callerOf = Effect.fnUntraced(function* (text: string) {
  const tokens = yield* Tokens
  const users = yield* Users
  return yield* users.identify(yield* tokens.verify(text.trim()))
})

// The real clock: tokens that another process signs are not from 1970.
layer(Beside, { excludeTestServices: true })("zst token", (it) => {
  it.effect("prints a token alone, and the same user for the same arguments", () =>
    Effect.gen(function* () {
      const args = ["--role", "seller", "--seller-category", "fournisseur", "--user", "yasmine"]
      const first = yield* token(args)
      const second = yield* token(args)
      assert.deepStrictEqual([first.code, first.stderr], [0, ""])
      assert.match(first.stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/)
      const caller = yield* callerOf(first.stdout)
      assert.deepStrictEqual(yield* callerOf(second.stdout), caller)
      assert.deepStrictEqual([caller.role, caller.seller_category], ["seller", "fournisseur"])
      const sql = yield* SqlClient.SqlClient
      const shops = yield* sql`SELECT full_name FROM sellers WHERE id = ${caller.id}`
      assert.deepStrictEqual(shops, [{ full_name: "Boutique yasmine" }])
    })
  )

  it.effect("gives each role and seller category a user of its own, and makes nobody in a dry run", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const people = sql`SELECT count(*)::int AS people FROM users`
      const before = yield* people
      const dry = yield* token(["--role", "admin", "--dry-run"])
      assert.strictEqual(dry.stdout, "Would print a token of user_dev_admin, admin.\n")
      assert.deepStrictEqual(yield* people, before)
      const admin = data(yield* token(["--role", "admin", "--json"]))
      const seller = data(yield* token(["--role", "seller", "--json"]))
      assert.deepStrictEqual(
        [admin.user.role, seller.user.role, seller.user.seller_category],
        ["admin", "seller", "importateur"]
      )
      assert.strictEqual((yield* callerOf(admin.token)).id, admin.user.id)
      const accounts = yield* Accounts
      assert.deepStrictEqual((yield* accounts.resolve("admin@zst.example")).ids, [admin.user.id])
    })
  )

  it.effect("refuses where Clerk signs people in, and in production", () =>
    Effect.gen(function* () {
      const key = { CLERK_JWT_KEY: makeKey().publicKeyPem }
      const secret = { CLERK_SECRET_KEY: "sk_test_x", CLERK_API_URL: "http://127.0.0.1:9", LOG_LEVEL: "Error" }
      const production = {
        ...key,
        NODE_ENV: "production",
        ...unusedS3,
        CLERK_WEBHOOK_SECRET: webhookSecret,
        CLERK_ALLOW_MISSING_AZP: "true"
      }
      for (const env of [key, secret, production]) {
        const { code, stdout, stderr } = yield* token(["--role", "admin"], env)
        assert.deepStrictEqual([code, stdout], [1, ""])
        assert.match(stderr, /^Tokens come from Clerk here, .*\n$/)
      }
    })
  )
})
