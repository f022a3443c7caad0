/** A request has five seconds: what is cut off took effect wholly or not at all, and its key tells which. */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { TestServer } from "../support/server.ts"
import { seller } from "../support/shop.ts"

const path = "/api/v1/products"

/** Makes every new row of a table take so long, at once or as it is committed. */
const slowed = Effect.fnUntraced(function* (table: string, seconds: number, when: "INSERT" | "COMMIT") {
  const sql = yield* SqlClient.SqlClient
  const name = `slow_${table}`
  yield* sql.unsafe(`CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(${seconds}); RETURN NULL; END $$`)
  yield* sql.unsafe(
    when === "INSERT"
      ? `CREATE TRIGGER ${name} AFTER INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION ${name}()`
      : `CREATE CONSTRAINT TRIGGER ${name} AFTER INSERT ON ${table} DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION ${name}()`
  )
  // What is cut off may still be at its commit, which holds the table.
  return Effect.retry(sql.unsafe(`DROP FUNCTION ${name} CASCADE`), { times: 10 })
}, Effect.orDie)

layer(TestServer.layer, { excludeTestServices: true })("what takes longer than its budget", (it) => {
  const attempt = Effect.fnUntraced(function* (key: string) {
    const server = yield* TestServer
    const sql = yield* SqlClient.SqlClient
    const owner = yield* seller
    const send = () => server.post(path, { name: key, price: 10 }, { ...owner, headers: { "idempotency-key": key } })
    const there = Effect.map(sql`SELECT FROM products WHERE name = ${key}`, ({ length }) => length)
    return { send, there }
  })

  it.effect("is undone while it is under way, and done anew when it is asked for again", () =>
    Effect.gen(function* () {
      const { send, there } = yield* attempt("slow")
      const undo = [yield* slowed("products", 3, "INSERT"), yield* slowed("skus", 3, "INSERT")]
      const cut = yield* send()
      assert.deepStrictEqual([cut.status, cut.json.error.code], [503, "UNAVAILABLE"])
      assert.strictEqual(cut.headers.get("retry-after"), "2")
      yield* Effect.all(undo)
      assert.strictEqual(yield* there, 0)
      const again = yield* send()
      assert.deepStrictEqual([again.status, again.headers.get("idempotent-replayed")], [201, null])
      assert.strictEqual(yield* there, 1)
    })
  )

  it.effect("is done when it was about to be committed, and answered when it is asked for again", () =>
    Effect.gen(function* () {
      const { send, there } = yield* attempt("committing")
      const undo = [yield* slowed("products", 3, "INSERT"), yield* slowed("skus", 3, "COMMIT")]
      const cut = yield* send()
      yield* Effect.all(undo)
      assert.strictEqual(cut.status, 503)
      // While the commit goes on, the key says so.
      const again = yield* Effect.repeat(send(), { while: ({ status }) => status === 409 })
      assert.deepStrictEqual([again.status, again.headers.get("idempotent-replayed")], [201, "true"])
      assert.strictEqual(yield* there, 1)
    })
  )
})
