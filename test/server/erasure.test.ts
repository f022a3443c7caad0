/** Who is erased stays erased: by request or in time, whatever is under way, and whatever is written afterwards. */
import { assert, layer } from "@effect/vitest"
import { Effect, Exit, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import { Departures } from "../../src/services/accounts/Departures.ts"
import { purgeAccounts } from "../../src/services/accounts/jobs.ts"
import { Guests } from "../../src/services/orders/Guests.ts"
import { waiting, whileHeld } from "../support/locks.ts"
import { type Person, TestServer } from "../support/server.ts"
import { addProduct, admin, buyer, move, order, seller, stockOf } from "../support/shop.ts"

const operator = { id: null, name: "operator test" }
const words = "Nadia Kaci, 0770112233"
const personal = /nadia|kaci|770112233/i

/** What orders and the audit log say, of anybody. */
const said = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ text: string }>`
    SELECT concat((SELECT json_agg(o) FROM orders o), (SELECT json_agg(e) FROM order_events e),
      (SELECT json_agg(m) FROM stock_movements m), (SELECT json_agg(l) FROM audit_log l)) AS text`
  return row?.text ?? ""
})

const leaves = Effect.fnUntraced(function* (...people: ReadonlyArray<Person>) {
  const sql = yield* SqlClient.SqlClient
  for (const [index, { id }] of people.entries()) {
    yield* sql`
      UPDATE users SET delete_after = now() - make_interval(mins => ${people.length - index}::int) WHERE id = ${id}`
  }
})

const deliver = Effect.fnUntraced(function* (shop: Person, id: string) {
  for (const status of ["confirmed", "shipped", "delivered"]) yield* move(shop, id, status)
})

/** An order of Nadia's, with an account or without. */
const ordered = Effect.fnUntraced(function* (who?: Person) {
  const shop = yield* seller
  const soap = yield* addProduct(shop, { stock: 5 })
  const items = [{ product_id: soap.id, quantity: 1 }]
  const placed = yield* order(items, who, { customer_name: "Nadia Kaci", customer_phone: "0770112233" })
  return { shop, soap, placed, part: placed.seller_orders[0].id as string }
})

layer(TestServer.layer)("an order whose person was erased", (it) => {
  it.effect("moves on, and takes no words any more", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const guests = yield* Guests
      const departures = yield* Departures
      const who = yield* buyer
      const [guest, users] = [yield* ordered(), yield* ordered(who)]
      yield* deliver(guest.shop, guest.placed.id)
      yield* deliver(users.shop, users.placed.id)
      yield* leaves(who)
      assert.deepStrictEqual(yield* guests.erase(operator, "+213770112233"), { erased: 1, waiting: 0 })
      assert.isTrue(yield* departures.erase(operator, who.id))
      const returned = yield* move(guest.shop, guest.placed.id, "returned", { note: words })
      assert.deepInclude(returned, { status: "returned" })
      assert.deepInclude(returned.timeline.at(-1), { to: "returned", note: null })
      yield* move(yield* admin, users.part, "returned", { note: words })
      assert.strictEqual(yield* stockOf(users.soap), 5)
      // Sent again, it is as welcome as it was.
      yield* move(guest.shop, guest.placed.id, "returned", { note: words })
      const tracked = { tracking_number: "YAL-1", note: words }
      yield* move(guest.shop, guest.placed.id, "returned", tracked)
      const open = yield* server.get(`/api/v1/orders/${users.placed.id}`, yield* admin)
      assert.strictEqual(open.json.data.status, "returned")
      assert.notMatch(yield* said, personal)
    })
  )

  it.effect("has none of an administrator's who was writing when the erasure began", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const server = yield* TestServer
      const departures = yield* Departures
      const who = yield* buyer
      const boss = yield* admin
      const { shop, soap, placed, part } = yield* ordered(who)
      yield* deliver(shop, placed.id)
      yield* leaves(who)
      // The move is held up when it gives the stock back: by then it has locked the order.
      const held = sql`SELECT FROM skus WHERE product_id = ${soap.id} FOR UPDATE`
      const underWay = Effect.gen(function* () {
        const body = { status: "returned", note: words }
        const moving = yield* Effect.forkChild(server.patch(`/api/v1/seller/orders/${part}/status`, body, boss))
        yield* waiting(1)
        const erasing = yield* Effect.forkChild(departures.erase(operator, who.id))
        yield* waiting(2)
        return [moving, erasing] as const
      })
      const [moving, erasing] = yield* whileHeld(held, underWay)
      assert.strictEqual((yield* Fiber.join(moving)).status, 200)
      assert.isTrue(yield* Fiber.join(erasing))
      assert.notMatch(yield* said, personal)
    })
  )
})

layer(TestServer.layer)("the audit log", (it) => {
  it.effect("forgets what was said about an erased person, of whatever was theirs, and keeps what was done", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const server = yield* TestServer
      const departures = yield* Departures
      const [boss, applicant, shop, other] = [yield* admin, yield* buyer, yield* seller, yield* seller]
      const send = Effect.fnUntraced(function* (method: string, path: string, body?: object) {
        const answer = yield* server.send(method, path, { ...boss, body })
        assert.include([200, 201], answer.status, `${path} ${answer.text}`)
        return answer.json.data
      })
      const application = {
        seller_category: "grossiste",
        full_name: "Kaci",
        phone: "0770112233",
        wilaya_code: 16,
        register_number: "16/00-0978323B10"
      }
      const asked = yield* server.post("/api/v1/seller/application", application, applicant)
      const decision = { decision: "reject", reason: words }
      yield* send("POST", `/api/v1/admin/seller-applications/${asked.json.data.id}/decision`, decision)
      yield* send("PATCH", `/api/v1/admin/users/${applicant.id}`, { status: "banned", reason: words })
      const gone = yield* send("POST", "/api/v1/products", { name: "Savon", price: 5, seller_id: shop.id, stock: 4 })
      yield* send("PATCH", `/api/v1/products/${gone.id}`, { description: words })
      const variants = [{ options: { de: words }, code: "KACI" }]
      yield* send("PUT", `/api/v1/products/${gone.id}/variants`, { variants })
      yield* send("DELETE", `/api/v1/products/${gone.id}`)
      const sold = yield* addProduct(shop, { stock: 3 })
      const placed = yield* order([{ product_id: sold.id, quantity: 1 }])
      yield* move(shop, placed.id, "cancelled")
      yield* send("POST", "/api/v1/seller/inventory/adjust", { product_id: sold.id, quantity: 1, reason: words })
      yield* send("PATCH", `/api/v1/admin/users/${shop.id}`, { shop_status: "suspended", reason: words })
      yield* send("PATCH", `/api/v1/admin/users/${other.id}`, { shop_status: "suspended", reason: "Stays" })
      const count = sql<{ action: string }>`SELECT action FROM audit_log WHERE actor_id = ${boss.id} ORDER BY id`
      const before = yield* count
      yield* leaves(applicant, shop)
      assert.deepStrictEqual(yield* departures.purge(operator), { erased: 2, waiting: 0, failed: 0 })
      assert.notMatch(yield* said, personal)
      assert.match(yield* said, /Stays/)
      assert.deepStrictEqual(yield* count, before)
    })
  )
})

/** Nothing has happened to this order for so many days. */
const rest = Effect.fnUntraced(function* (days: number, id: string) {
  const sql = yield* SqlClient.SqlClient
  const time = sql`now() - make_interval(days => ${days})`
  yield* sql`UPDATE orders SET created_at = ${time}, updated_at = ${time} WHERE id = ${id}`
  yield* sql`UPDATE seller_orders SET created_at = ${time}, updated_at = ${time} WHERE order_id = ${id}`
})

layer(TestServer.layer)("an order that its shop never finishes", (it) => {
  it.effect("keeps nobody's data for ever, and is otherwise left as it is", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const guests = yield* Guests
      const departures = yield* Departures
      const who = yield* buyer
      const [asked, old, own] = [yield* ordered(), yield* ordered(), yield* ordered(who)]
      yield* sql`UPDATE orders SET customer_phone = '+213770112244' WHERE id = ${old.placed.id}`
      for (const { shop, placed } of [asked, old, own]) yield* move(shop, placed.id, "confirmed", { note: words })
      yield* leaves(who, own.shop)
      for (const { placed } of [asked, old, own]) yield* rest(89, placed.id)
      assert.deepStrictEqual(yield* guests.erase(operator, "+213770112233"), { erased: 0, waiting: 1 })
      assert.deepStrictEqual(yield* departures.purge(operator), { erased: 0, waiting: 2, failed: 0 })
      yield* rest(91, asked.placed.id)
      yield* rest(91, own.placed.id)
      yield* rest(366, old.placed.id)
      assert.deepStrictEqual(yield* guests.erase(operator, "+213770112233"), { erased: 1, waiting: 0 })
      assert.strictEqual(yield* guests.prune, 1)
      assert.deepStrictEqual(yield* departures.purge(operator), { erased: 2, waiting: 0, failed: 0 })
      assert.notMatch(yield* said, personal)
      for (const { shop, soap, placed } of [asked, old]) {
        const moved = yield* move(shop, placed.id, "shipped", { note: words })
        assert.deepInclude(moved, { status: "shipped", customer_name: "—", total: 1000 })
        assert.strictEqual(yield* stockOf(soap), 4)
      }
      assert.notMatch(yield* said, personal)
    })
  )

  it.effect("is open again when something happens to it, and while it waits for its shop", () =>
    Effect.gen(function* () {
      const guests = yield* Guests
      const phone = "+213770112233"
      const [pending, tracked] = [yield* ordered(), yield* ordered()]
      for (const status of ["confirmed", "shipped"]) yield* move(tracked.shop, tracked.placed.id, status)
      yield* rest(400, pending.placed.id)
      yield* rest(400, tracked.placed.id)
      yield* move(tracked.shop, tracked.placed.id, "shipped", { tracking_number: "YAL-9" })
      assert.deepStrictEqual(yield* guests.erase(operator, phone, { dryRun: true }), { erased: 0, waiting: 2 })
      assert.deepStrictEqual(yield* guests.erase(operator, phone), { erased: 0, waiting: 2 })
      assert.strictEqual(yield* guests.prune, 0)
    })
  )

  it.effect("keeps its person when it is moved while they are erased", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const departures = yield* Departures
      const who = yield* buyer
      const { placed, shop } = yield* ordered(who)
      yield* move(shop, placed.id, "confirmed")
      yield* rest(91, placed.id)
      yield* leaves(who)
      const moving = sql`UPDATE orders SET status = 'shipped', updated_at = clock_timestamp() WHERE id = ${placed.id}`
      const begun = Effect.tap(Effect.forkChild(departures.erase(operator, who.id)), () => waiting(1))
      const erasing = yield* whileHeld(moving, begun)
      assert.isFalse(yield* Fiber.join(erasing))
      const [order] = yield* sql`SELECT customer_name FROM orders WHERE id = ${placed.id}`
      assert.deepStrictEqual(order, { customer_name: "Nadia Kaci" })
    })
  )
})

layer(TestServer.layer)("a person who cannot be erased", (it) => {
  it.effect("keeps nobody else from it, and the job is tried again", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const departures = yield* Departures
      const [stuck, free] = [yield* buyer, yield* buyer]
      yield* leaves(stuck, free)
      yield* sql`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not this one'; END $$`
      yield* sql.unsafe(`CREATE TRIGGER stuck BEFORE UPDATE ON users FOR EACH ROW
        WHEN (OLD.id = '${stuck.id}') EXECUTE FUNCTION refuse()`)
      const steps: Array<number> = []
      const purged = yield* departures.purge(operator, (done) => steps.push(done))
      assert.deepStrictEqual([purged, steps], [{ erased: 1, waiting: 0, failed: 1 }, [1, 2]])
      const job = (yield* purgeAccounts).run({}, { id: "x", attempts: 1 })
      assert.isTrue(Exit.isFailure(yield* Effect.exit(job)))
      yield* sql`DROP TRIGGER stuck ON users`
      assert.isTrue(Exit.isSuccess(yield* Effect.exit(job)))
      const left = yield* sql`SELECT FROM users WHERE erased_at IS NULL AND id IN ${sql.in([stuck.id, free.id])}`
      assert.lengthOf(left, 0)
    })
  )
})
