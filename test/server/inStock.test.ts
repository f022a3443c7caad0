/** What a product's row says of its variants and its shop is what they say, whoever changed them. */
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import { wrongProducts } from "../../src/services/catalog/skuSql.ts"
import { waiting, whileHeld } from "../support/locks.ts"
import { pick, randomFrom } from "../support/random.ts"
import { type Answer, TestServer } from "../support/server.ts"
import { addProduct, admin, customer, move, seller } from "../support/shop.ts"

const assertKept = Effect.fnUntraced(function* (after: string) {
  const sql = yield* SqlClient.SqlClient
  assert.deepStrictEqual(yield* sql`${sql.literal(wrongProducts)}`, [], after)
})

const products = "/api/v1/products"

layer(TestServer.layer)("a product", (it) => {
  it.effect("is in stock when one of its variants is, after whatever was done", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const owner = yield* seller
      const boss = yield* admin
      const random = randomFrom(7)
      const few = () => Math.floor(random() * 3)
      const placed: Array<string> = []
      const one = Effect.gen(function* () {
        const rows = yield* sql<{ id: string; sku: string }>`
          SELECT p.id, k.id AS sku FROM products p JOIN skus k ON k.product_id = p.id
          WHERE p.seller_id = ${owner.id} AND NOT k.archived ORDER BY p.created_at, p.id, k.position`
        return rows.length > 0 ? pick(random, rows) : { id: (yield* addProduct(owner)).id, sku: "" }
      })
      const tagged = Effect.fnUntraced(function* (id: string) {
        const { headers } = yield* server.get(`${products}/${id}`, owner)
        return { ...owner, headers: { "if-match": headers.get("etag") ?? "" } }
      })
      const onAProduct = (act: (id: string, sku: string) => Effect.Effect<unknown, unknown, TestServer>) =>
        Effect.flatMap(one, ({ id, sku }) => act(id, sku))
      const stocks = [undefined, 0, 1, 2, null]
      const acts = {
        create: Effect.suspend(() => addProduct(owner, { stock: pick(random, [0, 1, 2]) })),
        count: onAProduct((id) =>
          Effect.flatMap(tagged(id), (who) =>
            server.patch(`${products}/${id}`, { stock: pick(random, [0, 1, null]) }, who)
          )
        ),
        flag: onAProduct((id) => server.patch(`${products}/${id}`, { in_stock: random() < 0.5 }, owner)),
        variants: onAProduct((id) =>
          Effect.flatMap(tagged(id), (who) =>
            server.send("PUT", `${products}/${id}/variants`, {
              ...who,
              body: {
                variants: Array.from({ length: 1 + few() }, (_, i) => {
                  const stock = pick(random, stocks)
                  return { options: { taille: String(i + few()) + i }, ...(stock === undefined ? {} : { stock }) }
                })
              }
            })
          )
        ),
        adjust: onAProduct((_, sku_id) =>
          server.post(
            "/api/v1/seller/inventory/adjust",
            { sku_id, quantity: pick(random, [-2, -1, 1]), reason: "Cassé" },
            owner
          )
        ),
        order: Effect.gen(function* () {
          const [a, b] = [yield* one, yield* one]
          const items = (a.sku === b.sku ? [a] : [a, b]).map(({ sku }) => ({ sku_id: sku, quantity: 1 + few() }))
          const { json, status } = yield* server.post("/api/v1/orders", { ...customer, items })
          if (status === 201) placed.push(json.data.id)
        }),
        move: Effect.suspend(() => {
          const id = placed.length === 0 ? undefined : pick(random, placed)
          const status = pick(random, ["confirmed", "cancelled", "shipped", "delivered", "returned"])
          return id === undefined ? Effect.void : server.patch(`/api/v1/seller/orders/${id}/status`, { status }, owner)
        }),
        remove: onAProduct((id) => (random() < 0.3 ? server.send("DELETE", `${products}/${id}`, owner) : Effect.void)),
        tier: Effect.suspend(() =>
          server.patch(
            `/api/v1/admin/users/${owner.id}`,
            { seller_category: pick(random, ["importateur", "grossiste", "fournisseur"]), reason: "Essai" },
            boss
          )
        ),
        shop: Effect.gen(function* () {
          for (const shop_status of ["suspended", "active"]) {
            yield* server.patch(`/api/v1/admin/users/${owner.id}`, { shop_status, reason: "Essai" }, boss)
          }
        })
      }
      const done = new Set<string>()
      const met = { some: false, none: false }
      const names = Object.keys(acts) as Array<keyof typeof acts>
      for (let step = 0; step < 150 || (done.size < names.length && step < 1000); step++) {
        const name = pick(random, [...names, "order", "order", "move"] as const)
        const answer: any = yield* acts[name]
        if (answer?.status >= 500) assert.fail(`${name}: ${answer.text}`)
        if (!(answer?.status >= 300)) done.add(name)
        yield* assertKept(`step ${step}: ${name}`)
        const rows = yield* sql<{ in_stock: boolean }>`SELECT DISTINCT in_stock FROM products`
        for (const { in_stock } of rows) met[in_stock ? "some" : "none"] = true
      }
      assert.sameMembers([...done], names)
      assert.deepStrictEqual(met, { some: true, none: true })
    })
  )

  it.effect("is sold out by who sells its last variant while another, sold before, is not committed", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const owner = yield* seller
      const { id } = yield* addProduct(owner)
      const variants = [1, 2].map((n) => ({ options: { taille: `${n}` }, stock: 1 }))
      const { json } = yield* server.send("PUT", `${products}/${id}/variants`, { ...owner, body: { variants } })
      const [a, b] = json.data.variants.map((variant: { id: string }) => variant.id)
      const buy = server.post("/api/v1/orders", { ...customer, items: [{ sku_id: b, quantity: 1 }] })
      const first = sql`UPDATE skus SET stock = 0 WHERE id = ${a}`
      const last = yield* whileHeld(
        first,
        Effect.tap(Effect.forkChild(buy), () => waiting(1))
      )
      assert.strictEqual((yield* Fiber.join(last)).status, 201)
      assert.deepStrictEqual(yield* sql`SELECT in_stock FROM products WHERE id = ${id}`, [{ in_stock: false }])
    })
  )

  it.effect("is sold out once its last two variants are sold at the same time", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const variants = [1, 2].map((n) => ({ options: { taille: `${n}` }, stock: 1 }))
      for (let round = 0; round < 6; round++) {
        const made: Array<any> = []
        for (const _ of [1, 2]) {
          const { id } = yield* addProduct(owner, { name: `Dernier ${round}` })
          const { json } = yield* server.send("PUT", `${products}/${id}/variants`, { ...owner, body: { variants } })
          made.push(json.data)
        }
        const [a, b] = made
        const buy = (...skus: ReadonlyArray<string>) =>
          server.post("/api/v1/orders", { ...customer, items: skus.map((sku_id) => ({ sku_id, quantity: 1 })) })
        const answers = yield* Effect.all(
          [buy(a.variants[0].id, b.variants[1].id), buy(b.variants[0].id, a.variants[1].id)],
          { concurrency: 2 }
        )
        for (const { status, text } of answers) assert.strictEqual(status, 201, text)
        for (const { id } of made) {
          assert.isFalse((yield* server.get(`${products}/${id}`)).json.data.in_stock)
          const { json } = yield* server.get(`${products}?seller=${owner.id}&in_stock=false&limit=100`)
          assert.include(
            json.data.map((one: { id: string }) => one.id),
            id
          )
        }
        const parts = answers.map(({ json }) => json.data.id)
        yield* Effect.forEach(parts, (id) => move(owner, id, "cancelled"), { concurrency: 2 })
        yield* assertKept(`round ${round}`)
      }
    })
  )

  it.effect("never locks itself up with others: what is bought or given back together is told of in one order", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const owner = yield* seller
      const each = [0, 1, 2, 3, 4]
      const put = Effect.fnUntraced(function* (id: string, variants: ReadonlyArray<object>) {
        const answer = yield* server.send("PUT", `${products}/${id}/variants`, { ...owner, body: { variants } })
        assert.strictEqual(answer.status, 200, answer.text)
        return answer.json.data.variants as ReadonlyArray<{ readonly id: string }>
      })
      const sized = (taille: string) => ({ options: { taille } })
      for (let round = 0; round < 3; round++) {
        const made = yield* Effect.forEach(each, () => addProduct(owner))
        // The last product has the first of the large ones: by their ids, they are met the other way round.
        const smalls = yield* Effect.forEach(made, ({ id }) =>
          Effect.map(put(id, [{ ...sized("S"), stock: 1 }]), ([one]) => one?.id)
        )
        const larges = yield* Effect.forEach([...each].reverse(), (n) =>
          Effect.map(
            put(made[n].id, [
              { id: smalls[n], ...sized("S") },
              { ...sized("L"), stock: 1 }
            ]),
            ([, two]) => two?.id
          )
        )
        const buy = (skus: ReadonlyArray<string | undefined>) =>
          server.post("/api/v1/orders", { ...customer, items: skus.map((sku_id) => ({ sku_id, quantity: 1 })) })
        const cancel = ({ json }: Answer) =>
          server.patch(`/api/v1/seller/orders/${json.data.id}/status`, { status: "cancelled" }, owner)
        const beside = Effect.fnUntraced(function* (...acts: ReadonlyArray<Effect.Effect<Answer>>) {
          const ids = made.map(({ id }) => id)
          const begun = yield* whileHeld(
            sql`SELECT FROM products WHERE id IN ${sql.in(ids)} ORDER BY id FOR NO KEY UPDATE`,
            Effect.tap(
              Effect.forEach(acts, (act) => Effect.forkChild(act)),
              () => waiting(acts.length)
            )
          )
          const answers = yield* Effect.forEach(begun, (one) => Fiber.join(one))
          for (const { status, text } of answers) assert.include([200, 201], status, text)
          return answers
        })
        const placed = yield* beside(buy(smalls), buy(larges))
        yield* beside(...placed.map(cancel))
        const again = yield* buy(smalls)
        yield* beside(buy(larges), cancel(again))
        yield* assertKept(`round ${round}`)
      }
    })
  )
})
