/** A shop so large that to close or open it takes longer than any other statement may. */
import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Ref } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { patientConnections } from "../../src/layers/Postgres.ts"
import { longPatience, patiently } from "../../src/services/patience.ts"
import { freshDatabase } from "../support/database.ts"
import { eventually } from "../support/eventually.ts"
import { type Person, TestServer } from "../support/server.ts"
import { addProduct, admin, application, buyer, seller } from "../support/shop.ts"
import { clerkUser, seal, webhookSecret } from "../support/webhooks.ts"

/** What puts products on sale or takes them off takes longer than a statement of a request, and than a connection is waited for. */
const slowly = Effect.acquireRelease(
  SqlClient.SqlClient.use((sql) =>
    Effect.andThen(
      sql`CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN PERFORM pg_sleep(8); RETURN NULL; END $$`,
      sql`CREATE TRIGGER slowly AFTER UPDATE OF status ON products FOR EACH ROW EXECUTE FUNCTION slowly()`
    )
  ),
  () => SqlClient.SqlClient.use((sql) => Effect.orDie(sql`DROP FUNCTION slowly CASCADE`))
)

/** What Clerk says of somebody. */
const told = Effect.fnUntraced(function* ({ id }: Person, eventOf: (clerkId: string) => object) {
  const server = yield* TestServer
  const sql = yield* SqlClient.SqlClient
  const [{ clerk_id = "" } = {}] = yield* sql<{ clerk_id: string }>`SELECT clerk_id FROM users WHERE id = ${id}`
  return yield* server.send("POST", "/api/v1/webhooks/clerk", seal(eventOf(clerk_id)))
})

const deletion = (person: Person) =>
  told(person, (id) => ({ type: "user.deleted", data: { id, object: "user", deleted: true } }))

const Server = TestServer.over(freshDatabase, { CLERK_WEBHOOK_SIGNING_SECRET: webhookSecret })

layer(Server)("a shop that is closed or opened only slowly", (it) => {
  it.effect("keeps no administrator from ending that, however many there are", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owners = yield* Effect.all([seller, seller, seller, seller, seller])
      for (const owner of owners) yield* addProduct(owner)
      const [by, target] = [yield* admin, yield* buyer]
      yield* slowly
      const closing = [
        ...owners.slice(0, 3).map((owner) => server.send("DELETE", "/api/v1/users/me", owner)),
        ...owners.slice(3).map(deletion)
      ]
      const asked = yield* Effect.forEach(closing, (work) => Effect.forkChild(work))
      yield* TestClock.withLive(Effect.sleep("1 second"))
      const ban = yield* server.patch(`/api/v1/admin/users/${target.id}`, { status: "banned" }, by)
      assert.strictEqual(ban.status, 200, ban.text)
      const gone = yield* deletion(yield* buyer)
      assert.strictEqual(gone.status, 200, gone.text)
      assert.isTrue(asked.every((fiber) => fiber.pollUnsafe() === undefined))
      for (const answer of yield* Effect.forEach(asked, Fiber.join)) assert.strictEqual(answer.status, 200, answer.text)
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
          deletion(deleted),
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

  it.effect("is what alone takes long of all that Clerk says: the rest waits for none of its connections", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const [person, over] = [yield* buyer, yield* Deferred.make<void>()]
      const begun = yield* Ref.make(0)
      const busy = Effect.andThen(
        Ref.update(begun, (count) => count + 1),
        Deferred.await(over)
      ).pipe(patiently(sql, longPatience))
      const others = yield* Effect.forEach(Array(patientConnections).fill(busy), (one: typeof busy) =>
        Effect.forkChild(one)
      )
      yield* eventually(Ref.get(begun), (count) => count === others.length)
      assert.isTrue(yield* Effect.isFailure(sql`SELECT 1`.pipe(patiently(sql, longPatience))))
      const { status } = yield* told(person, (id) => ({
        type: "user.updated",
        data: clerkUser(id, { first_name: "Autre" })
      }))
      assert.strictEqual(status, 200)
      yield* Deferred.succeed(over, undefined)
      yield* Effect.forEach(others, Fiber.join)
    })
  )
})
