/** A shop so large that to close or open it takes longer than any other statement may. */
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { freshDatabase } from "../support/database.ts"
import { TestServer } from "../support/server.ts"
import { addProduct, admin, application, buyer, seller } from "../support/shop.ts"
import { seal, webhookSecret } from "../support/webhooks.ts"

/** Longer than a statement of a request, and than a connection is waited for. */
const slowly = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(8); RETURN NULL; END $$`
  yield* sql`CREATE TRIGGER slowly AFTER UPDATE OF status ON products FOR EACH ROW EXECUTE FUNCTION slowly()`
})

const Server = TestServer.over(freshDatabase, { CLERK_WEBHOOK_SIGNING_SECRET: webhookSecret })

layer(Server)("a shop that is closed or opened only slowly", (it) => {
  it.effect("keeps no administrator from ending that, however many there are", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const owners = yield* Effect.all([seller, seller, seller, seller, seller])
      for (const owner of owners) yield* addProduct(owner)
      const [by, target] = [yield* admin, yield* buyer]
      yield* slowly
      const people = yield* sql<{ clerk_id: string }>`SELECT clerk_id FROM users WHERE ${sql.in(
        "id",
        owners.slice(3).map(({ id }) => id)
      )}`
      const closing = [
        ...owners.slice(0, 3).map((owner) => server.send("DELETE", "/api/v1/users/me", owner)),
        ...people.map(({ clerk_id }) =>
          server.send(
            "POST",
            "/api/v1/webhooks/clerk",
            seal({ type: "user.deleted", data: { id: clerk_id, object: "user", deleted: true } })
          )
        )
      ]
      const asked = yield* Effect.forEach(closing, (work) => Effect.forkChild(work))
      yield* TestClock.withLive(Effect.sleep("1 second"))
      const ban = yield* server.patch(`/api/v1/admin/users/${target.id}`, { status: "banned" }, by)
      assert.strictEqual(ban.status, 200, ban.text)
      assert.isTrue(asked.every((fiber) => fiber.pollUnsafe() === undefined))
      for (const answer of yield* Effect.forEach(asked, Fiber.join)) assert.strictEqual(answer.status, 200, answer.text)
      yield* sql`DROP FUNCTION slowly CASCADE`
    })
  )

  it.effect("is closed and opened by its owner, an administrator and Clerk, and opened by an approval", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const owners = yield* Effect.all([seller, seller, seller, seller])
      const [leaving, banned, deleted, returning] = owners
      for (const owner of owners) yield* addProduct(owner)
      const [by, other] = [yield* admin, yield* admin]
      yield* server.patch(`/api/v1/admin/users/${returning.id}`, { role: "customer" }, other)
      const asked = yield* server.post("/api/v1/seller/application", application, returning)
      yield* slowly
      const clerk = Effect.gen(function* () {
        const [{ clerk_id = "" } = {}] = yield* sql<{
          clerk_id: string
        }>`SELECT clerk_id FROM users WHERE id = ${deleted.id}`
        const { headers, raw } = seal({ type: "user.deleted", data: { id: clerk_id, object: "user", deleted: true } })
        return yield* server.send("POST", "/api/v1/webhooks/clerk", { raw, headers })
      })
      const answers = yield* Effect.all(
        [
          Effect.andThen(
            server.send("DELETE", "/api/v1/users/me", leaving),
            server.post("/api/v1/users/me/restore", undefined, leaving)
          ),
          Effect.andThen(
            server.send("PATCH", `/api/v1/admin/users/${banned.id}`, { body: { status: "banned" }, ...by }),
            server.send("PATCH", `/api/v1/admin/users/${banned.id}`, { body: { shop_status: "suspended" }, ...by })
          ),
          clerk,
          server.post(
            `/api/v1/admin/seller-applications/${asked.json.data.id}/decision`,
            { decision: "approve" },
            other
          )
        ],
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(
        answers.map(({ status, text }) => (status === 200 ? 200 : text)),
        [200, 200, 200, 200]
      )
      const onSale = yield* sql`SELECT DISTINCT seller_id FROM products WHERE status = 'active'`
      assert.sameMembers(
        onSale.map(({ seller_id }) => seller_id),
        [leaving.id, returning.id]
      )
    })
  )
})
