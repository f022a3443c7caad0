/** An account that closes while its owner's requests are under way: each is refused, and leaves nothing. */
import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { handlers, schedules } from "../../src/layers/Background.ts"
import { people } from "../../src/layers/domains.ts"
import { Departures } from "../../src/services/accounts/Departures.ts"
import { UserId } from "../../src/services/auth/model.ts"
import { type Hold, People } from "../../src/services/auth/People.ts"
import { patiently } from "../../src/services/patience.ts"
import { rows } from "../server/access.rows.ts"
import { completed } from "../support/films.ts"
import { waiting, whileHeld } from "../support/locks.ts"
import { jpeg } from "../support/pictures.ts"
import { type Person, type Send, TestServer } from "../support/server.ts"
import { addProduct, admin, buyer, customer, move, order, seller } from "../support/shop.ts"
import { upload } from "../support/upload.ts"
import { clerkUser, seal } from "../support/webhooks.ts"
import { makeWorld } from "../support/world.ts"

const me = "/api/v1/users/me"

type Act = { readonly method: string; readonly path: string } & Send

/** Does it in a transaction that stays open until the act waits for it: what the act is answered then. */
const during = Effect.fnUntraced(function* <E, R>(first: Effect.Effect<unknown, E, R>, who: Send, act: Act) {
  const sql = yield* SqlClient.SqlClient
  const server = yield* TestServer
  return yield* Effect.gen(function* () {
    yield* first
    const { method, path, ...send } = act
    const sent = yield* Effect.forkChild(server.send(method, path, { ...who, ...send }))
    yield* Effect.raceFirst(waiting(1), Fiber.await(sent))
    return sent
  }).pipe(patiently(sql, "1 minute"), Effect.flatMap(Fiber.join))
})

/** Closes the account meanwhile. */
const closingDuring = Effect.fnUntraced(function* (who: Person, act: Act, close: string) {
  const sql = yield* SqlClient.SqlClient
  return yield* during(sql`UPDATE users SET ${sql.literal(close)} WHERE id = ${who.id}`, who, act)
})

const erase = Effect.fnUntraced(function* ({ id }: Person) {
  const sql = yield* SqlClient.SqlClient
  const departures = yield* Departures
  yield* sql`UPDATE users SET delete_after = now() - interval '1 second' WHERE id = ${id}`
  assert.isTrue(yield* departures.erase({ id: null, name: "operator test" }, id))
})

/** Every row that points at somebody, by table. */
const traces = Effect.fnUntraced(function* (who: Person) {
  const sql = yield* SqlClient.SqlClient
  const found: Record<string, unknown> = {}
  for (const column of Object.keys(people)) {
    const [table = "", name = ""] = column.split(".")
    found[column] = yield* sql`SELECT to_jsonb(t) AS row FROM ${sql(table)} t WHERE ${sql(name)} = ${who.id} ORDER BY 1`
  }
  return found
})

const applying = (_?: Person) =>
  Effect.succeed({
    method: "POST",
    path: "/api/v1/seller/application",
    body: {
      seller_category: "grossiste",
      full_name: "A",
      phone: "0555123456",
      wilaya_code: 16,
      register_number: "16/00-0978323B10"
    }
  })

const acts: Record<string, (who: Person) => Effect.Effect<Act, unknown, TestServer>> = {
  "an order": Effect.fnUntraced(function* () {
    const { id } = yield* addProduct(yield* seller)
    return { method: "POST", path: "/api/v1/orders", body: { ...customer, items: [{ product_id: id, quantity: 1 }] } }
  }),
  "an order of the cart": Effect.fnUntraced(function* (who) {
    const server = yield* TestServer
    const { id } = yield* addProduct(yield* seller)
    yield* server.post("/api/v1/cart/items", { product_id: id }, who)
    return { method: "POST", path: "/api/v1/orders", body: { ...customer, from_cart: true } }
  }),
  "a line of the cart": Effect.fnUntraced(function* () {
    const { id } = yield* addProduct(yield* seller)
    return { method: "POST", path: "/api/v1/cart/items", body: { product_id: id } }
  }),
  "a guest's cart": Effect.fnUntraced(function* () {
    const server = yield* TestServer
    const { id } = yield* addProduct(yield* seller)
    const guests = yield* server.post("/api/v1/cart/items", { product_id: id })
    const headers = { "x-cart-token": String(guests.json.data.cart_token) }
    return { method: "POST", path: "/api/v1/cart/merge", body: {}, headers }
  }),
  "the end of an order": Effect.fnUntraced(function* (who) {
    const { id } = yield* addProduct(yield* seller)
    const placed = yield* order([{ product_id: id, quantity: 1 }], who)
    return { method: "POST", path: `/api/v1/orders/${placed.id}/cancel`, body: {} }
  }),
  "an address": () =>
    Effect.succeed({
      method: "PUT",
      path: `${me}/addresses/0199e0a4-5b1c-7c3e-9a51-6f1f5f1d2a10`,
      body: { recipient_name: "A", phone: "0555123456", wilaya_code: 16, commune: "Alger", address: "Rue A" }
    }),
  "a device": () =>
    Effect.succeed({
      method: "POST",
      path: `${me}/push-tokens`,
      body: { push_token: "ExponentPushToken[late]", platform: "ios" }
    }),
  "a profile": () => Effect.succeed({ method: "PATCH", path: me, body: { phone: "0770112233" } }),
  "a wish to leave": () => Effect.succeed({ method: "DELETE", path: me }),
  "an application": applying,
  "an upload": () =>
    Effect.succeed({ method: "POST", path: "/api/v1/media/uploads", body: { content_type: "video/mp4", size: 1000 } }),
  "a portrait": () =>
    Effect.promise(async () => ({ method: "PUT", path: `${me}/avatar`, ...upload(await jpeg(80, 80)) })),
  "a portrait that was uploaded": Effect.fnUntraced(function* (who) {
    const photo = yield* Effect.promise(() => jpeg(80, 80))
    const media_id = yield* completed(who, photo, { purpose: "portrait" })
    return { method: "PUT", path: `${me}/avatar/uploaded`, body: { media_id } }
  })
}

/** What depends on nobody's account by then. */
const decided = {
  "PUT /uploads/*": "whoever has the address, which was given to somebody",
  "POST /api/v1/media/uploads/:id/complete": "goes on for a minute with what its owner was let upload"
}

layer(TestServer.layer)("an account that closes meanwhile", (it) => {
  for (const [name, prepare] of Object.entries(acts)) {
    it.effect(`refuses ${name}`, () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const who = yield* buyer
        const act = yield* Effect.orDie(prepare(who))
        const before = yield* traces(who)
        const { status, text } = yield* closingDuring(who, act, "status = 'banned'")
        assert.strictEqual(status, 403, text)
        assert.deepStrictEqual(yield* traces(who), before)
        const [row] = yield* sql<{ phone: string | null; delete_after: Date | null; avatar_url: string | null }>`
          SELECT phone, delete_after, avatar_url FROM users WHERE id = ${who.id}`
        assert.deepStrictEqual(row, { phone: null, delete_after: null, avatar_url: null })
      })
    )
  }

  it.effect("comes before what its owner begins after it, however busy they are", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const people = yield* People
      const [who, soap] = [yield* buyer, yield* addProduct(yield* seller)]
      const { id } = who
      const holding = (how: Hold) => Effect.forkChild(sql.withTransaction(people.hold(UserId.make(id), how)))
      const [closing, next, ordering] = yield* whileHeld(
        people.hold(UserId.make(id), "use"),
        Effect.gen(function* () {
          const closing = yield* holding("decide")
          yield* waiting(1)
          const next = yield* holding("use")
          yield* Effect.raceFirst(waiting(2), Fiber.await(next))
          assert.isUndefined(next.pollUnsafe())
          const server = yield* TestServer
          const items = [{ product_id: soap.id, quantity: 1 }]
          const ordering = yield* Effect.forkChild(server.post("/api/v1/orders", { ...customer, items }, who))
          yield* Effect.raceFirst(waiting(3), Fiber.await(ordering))
          assert.isUndefined(ordering.pollUnsafe())
          return [closing, next, ordering] as const
        })
      )
      yield* Fiber.join(closing)
      yield* Fiber.join(next)
      assert.strictEqual((yield* Fiber.join(ordering)).status, 201)
    })
  )

  it.effect("keeps nobody from what they do beside a change of their own", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const people = yield* People
      const who = yield* buyer
      const using = sql.withTransaction(people.hold(who.id, "use"))
      const changing = yield* whileHeld(
        people.hold(who.id, "use"),
        Effect.gen(function* () {
          const changing = yield* Effect.forkChild(sql.withTransaction(people.hold(who.id, "change")))
          yield* waiting(1)
          yield* using
          assert.isUndefined(changing.pollUnsafe())
          return changing
        })
      )
      yield* Fiber.join(changing)
    })
  )

  it.effect("is waited for in line for longer than for a row, and by who decides alone", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const server = yield* TestServer
      const people = yield* People
      const [who, boss] = [yield* buyer, yield* admin]
      const deciding = yield* whileHeld(
        people.hold(who.id, "use"),
        Effect.gen(function* () {
          const ban = server.patch(`/api/v1/admin/users/${who.id}`, { status: "banned" }, boss)
          const deciding = yield* Effect.forkChild(ban)
          yield* TestClock.withLive(Effect.sleep("5500 millis"))
          assert.isUndefined(deciding.pollUnsafe())
          return deciding
        }).pipe(patiently(sql, "1 minute"))
      )
      assert.strictEqual((yield* Fiber.join(deciding)).status, 200)
      const afterwards = sql<{ row: string }>`SELECT current_setting('lock_timeout') AS row`
      const decided = Effect.andThen(people.holdAll([who.id, boss.id], "decide"), afterwards)
      assert.deepStrictEqual(yield* decided.pipe(patiently(sql, "1 minute")), [{ row: "1s" }])
      // Who has a request's time gives up in it.
      const inVain = people.holdAll([who.id], "decide").pipe(sql.withTransaction, Effect.flip)
      const refused = yield* whileHeld(people.holdAll([who.id], "use"), inVain)
      assert.strictEqual(refused.reason._tag, "LockTimeoutError")
    })
  )

  const deciders: Record<
    string,
    (who: Person, boss: Person) => Effect.Effect<unknown, unknown, TestServer | Departures | SqlClient.SqlClient>
  > = {
    "an administrator": Effect.fnUntraced(function* (who, boss) {
      const server = yield* TestServer
      const body = { status: "banned", ban_reason: "Faux" }
      assert.strictEqual((yield* server.patch(`/api/v1/admin/users/${who.id}`, body, boss)).status, 200)
    }),
    "an administrator who may be one no more": (who, boss) =>
      Effect.andThen(TestServer, (server) => server.patch(`/api/v1/admin/users/${boss.id}`, { role: "customer" }, who)),
    "their own leaving": (who) => Effect.andThen(TestServer, (server) => server.send("DELETE", me, who)),
    "their own staying": (who) => Effect.andThen(TestServer, (server) => server.post(`${me}/restore`, {}, who)),
    Clerk: Effect.fnUntraced(function* (who) {
      const server = yield* TestServer
      const { method, path, ...send } = told("user.updated", yield* clerkIdOf(who), Date.now())
      assert.strictEqual((yield* server.send(method, path, send)).status, 200)
    }),
    "an erasure": Effect.fnUntraced(function* ({ id }) {
      const departures = yield* Departures
      assert.isTrue(yield* departures.erase({ id: null, name: "operator test" }, id))
    })
  }

  for (const [name, decide] of Object.entries(deciders)) {
    it.effect(`is passed by nobody when ${name} decides`, () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const people = yield* People
        const [who, boss] = [yield* admin, yield* admin]
        yield* sql`UPDATE users SET delete_after = now() WHERE id = ${who.id}`
        const using = sql.withTransaction(people.hold(who.id, "use"))
        const [deciding, next] = yield* whileHeld(
          using,
          Effect.gen(function* () {
            const deciding = yield* Effect.forkChild(decide(who, boss))
            yield* Effect.raceFirst(waiting(1), Fiber.await(deciding))
            const next = yield* Effect.forkChild(Effect.exit(using))
            yield* Effect.raceFirst(waiting(2), Fiber.await(next))
            assert.isUndefined(next.pollUnsafe())
            return [deciding, next] as const
          })
        )
        yield* Fiber.join(deciding)
        yield* Fiber.join(next)
      })
    )
  }

  it.effect("refuses whatever else there is to change, of customers, sellers and administrators", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const world = yield* makeWorld
      const done: Array<string> = []
      for (const [route, { request, cells }] of Object.entries(rows)) {
        const [method = ""] = route.split(" ")
        const actor = (["customer", "importateur", "admin"] as const).find((name) => cells[name] === "allowed")
        if (method === "GET" || actor === undefined || route in decided) continue
        const who = world.people[actor]
        const act = yield* request({ ...world, actor })
        const { status } = yield* closingDuring(who, { method, ...act }, "status = 'banned'")
        if (status !== 403) done.push(`${route} as ${actor}: ${status}`)
        yield* sql`UPDATE users SET status = 'active' WHERE id = ${who.id}`
      }
      assert.deepStrictEqual(done, [])
    })
  )

  it.effect("or a seller who is one no more, refuses what sellers do", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const soap = yield* addProduct(shop)
      const placed = yield* order([{ product_id: soap.id, quantity: 1 }])
      const demote = "role = 'customer', seller_category = NULL"
      const product = { method: "PATCH", path: `/api/v1/products/${soap.id}`, body: { price: 1 } }
      assert.strictEqual((yield* closingDuring(shop, product, demote)).status, 403)
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE users SET role = 'seller', seller_category = 'grossiste' WHERE id = ${shop.id}`
      const step = { method: "PATCH", path: `/api/v1/seller/orders/${placed.id}/status`, body: { status: "confirmed" } }
      assert.strictEqual((yield* closingDuring(shop, step, demote)).status, 404)
      assert.strictEqual((yield* server.get(`/api/v1/products/${soap.id}`)).json.data.price, 1000)
    })
  )

  it.effect("of two administrators who demote each other leaves one", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const server = yield* TestServer
      for (let round = 0; round < 10; round++) {
        const [a, b] = [yield* admin, yield* admin]
        const demote = (by: Person, whom: Person) =>
          server.patch(`/api/v1/admin/users/${whom.id}`, { role: "customer" }, by)
        const answers = yield* Effect.all([demote(a, b), demote(b, a)], { concurrency: 2 })
        assert.deepStrictEqual(answers.map(({ status }) => status).sort(), [200, 403])
        const left = yield* sql`SELECT FROM users WHERE id IN ${sql.in([a.id, b.id])} AND role = 'admin'`
        assert.lengthOf(left, 1)
      }
    })
  )

  it.effect("is read after the lock: a shop's standing, too", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const door = yield* People
      const shop = yield* seller
      const locked = yield* Deferred.make<void>()
      const holding = Effect.andThen(Deferred.await(locked), Effect.exit(sql.withTransaction(door.holdShop(shop.id))))
      const closing = Effect.gen(function* () {
        yield* sql`UPDATE users SET updated_at = now() WHERE id = ${shop.id}`
        yield* sql`UPDATE sellers SET status = 'suspended' WHERE id = ${shop.id}`
        yield* Deferred.succeed(locked, undefined)
        yield* waiting(1)
      }).pipe(sql.withTransaction)
      const [held] = yield* Effect.all([holding, closing], { concurrency: 2 })
      assert.strictEqual(held._tag, "Failure")
    })
  )
})

layer(TestServer.layer)("an administrator who is none any more when the turn comes", (it) => {
  const filed = Effect.fnUntraced(function* (who: Person) {
    const server = yield* TestServer
    const { path, body } = yield* applying(who)
    const { json } = yield* server.post(path, body, who)
    return `/api/v1/admin/seller-applications/${json.data.id}/decision`
  })

  it.effect("changes nobody's product or stock", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const soap = yield* addProduct(yield* seller, { stock: 5 })
      const path = `/api/v1/products/${soap.id}`
      const stock = { product_id: soap.id, quantity: -1, reason: "Cassé" }
      const acts = [
        { method: "PATCH", path, body: { price: 1 } },
        { method: "DELETE", path },
        { method: "PUT", path: `${path}/variants`, body: { variants: [{ price: 1 }] } },
        { method: "POST", path: "/api/v1/seller/inventory/adjust", body: stock }
      ]
      for (const act of acts) {
        const sent = yield* closingDuring(yield* admin, act, "role = 'customer'")
        assert.include([403, 404], sent.status, `${act.method} ${act.path} ${sent.text}`)
      }
      assert.deepInclude((yield* server.get(path)).json.data, { price: 1000, stock: 5 })
    })
  )

  for (const what of ["decision", "role"] as const) {
    it.effect(`changes nobody's standing by a ${what}`, () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const boss = yield* admin
        const who = yield* buyer
        const path = yield* filed(who)
        const body = what === "decision" ? { decision: "approve" } : { role: "seller", seller_category: "grossiste" }
        const act =
          what === "decision" ? { method: "POST", path } : { method: "PATCH", path: `/api/v1/admin/users/${who.id}` }
        const sent = yield* closingDuring(boss, { ...act, body }, "role = 'customer'")
        assert.strictEqual(sent.status, 403, sent.text)
        const [row] = yield* sql`SELECT role FROM users WHERE id = ${who.id}`
        assert.deepStrictEqual(row, { role: "customer" })
      })
    )
  }
})

/** All of a person's that an erasure leaves: the tombstone, and rows that say nothing of them. */
const leftOf = Effect.fnUntraced(function* (who: Person) {
  const sql = yield* SqlClient.SqlClient
  const found = yield* traces(who)
  for (const [column, fate] of Object.entries(people)) {
    if (fate === "deleted") assert.deepStrictEqual(found[column], [], column)
  }
  const [row] = yield* sql<{
    row: Record<string, unknown>
  }>`SELECT to_jsonb(u) AS row FROM users u WHERE id = ${who.id}`
  const { full_name, email, phone, bio, avatar_url, status, clerk_profile, erased_at } = row?.row ?? {}
  assert.deepStrictEqual([full_name, email, phone, bio, avatar_url], [null, null, null, null, null])
  assert.deepStrictEqual([status, clerk_profile], ["deleted", {}])
  assert.isNotNull(erased_at)
  return { found, row }
})

const clerkIdOf = Effect.fnUntraced(function* ({ id }: Person) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ clerk_id: string }>`SELECT clerk_id FROM users WHERE id = ${id}`
  return row?.clerk_id ?? ""
})

/** Whose open order would keep them from being erased. */
const erasable = Object.entries(acts).filter(([name]) => name !== "the end of an order")

const told = (type: "user.created" | "user.updated", id: string, updated_at: number): Act => ({
  method: "POST",
  path: "/api/v1/webhooks/clerk",
  ...seal({ type, data: clerkUser(id, { first_name: "Nadia", updated_at }) })
})

layer(TestServer.layer)("a person who is erased meanwhile", (it) => {
  for (const [name, prepare] of erasable) {
    it.effect(`is not brought back by ${name}`, () =>
      Effect.gen(function* () {
        const who = yield* buyer
        const act = yield* Effect.orDie(prepare(who))
        const { status, text } = yield* during(erase(who), who, act)
        assert.strictEqual(status, 403, text)
        yield* leftOf(who)
      })
    )
  }

  it.effect("is not brought back by Clerk's word", () =>
    Effect.gen(function* () {
      const who = yield* buyer
      const act = told("user.updated", yield* clerkIdOf(who), Date.now())
      const { status, text } = yield* during(erase(who), {}, act)
      assert.strictEqual(status, 200, text)
      yield* leftOf(who)
    })
  )

  it.effect("is not brought back by an administrator who is writing about what they sold", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const server = yield* TestServer
      const [boss, shop] = [yield* admin, yield* seller]
      const soap = yield* addProduct(shop, { stock: 5 })
      const placed = yield* order([{ product_id: soap.id, quantity: 1 }])
      for (const status of ["confirmed", "shipped", "delivered"]) yield* move(shop, placed.id, status)
      const path = `/api/v1/products/${soap.id}`
      const image = { method: "POST", path: `${path}/images`, ...upload(yield* Effect.promise(() => jpeg(80, 80))) }
      const words = "Nadia Kaci"
      const writings: ReadonlyArray<Act> = [
        { method: "PATCH", path, body: { description: words, sku: words } },
        { method: "PUT", path: `${path}/variants`, body: { variants: [{ code: words, price: 5 }] } },
        {
          method: "POST",
          path: "/api/v1/seller/inventory/adjust",
          body: { product_id: soap.id, quantity: 1, reason: words }
        },
        { method: "PATCH", path: `/api/v1/admin/users/${shop.id}`, body: { status: "banned", reason: words } },
        { method: "POST", path: "/api/v1/products", body: { name: words, price: 5, seller_id: shop.id } },
        image
      ]
      const [first, ...others] = writings
      if (first === undefined) return
      assert.strictEqual((yield* during(erase(shop), boss, first)).status, 403)
      for (const { method, path, ...send } of others) {
        const { status, text } = yield* server.send(method, path, { ...boss, ...send })
        assert.include([403, 404, 409], status, `${method} ${path} ${text}`)
      }
      const [row] = yield* sql<{ text: string }>`
        SELECT concat((SELECT json_agg(p) FROM products p WHERE p.seller_id = ${shop.id}),
          (SELECT json_agg(k) FROM skus k), (SELECT json_agg(m) FROM stock_movements m),
          (SELECT json_agg(l) FROM audit_log l)) AS text`
      assert.notMatch(row?.text ?? "", /nadia|kaci/i)
      assert.lengthOf(yield* sql`SELECT FROM media WHERE owner_id = ${shop.id}`, 0)
    })
  )

  it.effect("is not brought back afterwards, by a token, by Clerk or by a job, however often", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const requests = yield* Effect.forEach(erasable, ([, prepare]) => Effect.orDie(prepare(who)))
      const asked = { content_type: "image/jpeg", size: 1000 }
      yield* server.post("/api/v1/media/uploads", asked, who)
      yield* erase(who)
      const before = yield* leftOf(who)
      assert.lengthOf(before.found["media.owner_id"] as ReadonlyArray<unknown>, 0)
      const id = yield* clerkIdOf(who)
      const words = [
        told("user.created", id, 1),
        told("user.updated", id, Date.now()),
        told("user.created", id, Date.now() + 86_400_000)
      ]
      for (const { method, path, ...send } of [...words, ...words]) {
        assert.strictEqual((yield* server.send(method, path, send)).status, 200)
      }
      for (const { method, path, ...send } of requests) {
        assert.strictEqual((yield* server.send(method, path, { ...who, ...send })).status, 403, path)
      }
      const timed = schedules.map(({ kind }) => kind.name)
      for (const { kind, run } of yield* handlers) {
        if (timed.includes(kind.name)) yield* run({}, { id: `test/${kind.name}`, attempts: 1 })
      }
      assert.deepStrictEqual(yield* leftOf(who), before)
    })
  )
})
