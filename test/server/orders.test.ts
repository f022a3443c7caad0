import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { ListedOrder, Order, PlacedOrder } from "../../src/services/orders/model.ts"
import { jpeg } from "../support/pictures.ts"
import { insisting, TestServer } from "../support/server.ts"
import { absent, addProduct, admin, buyer, count, customer, move, order, seller, stockOf } from "../support/shop.ts"
import { upload } from "../support/upload.ts"

const base = "/api/v1/orders"
const strict = { onExcessProperty: "error" } as const
const decodePlaced = Schema.decodeUnknownEffect(PlacedOrder, strict)
const decodeOrder = Schema.decodeUnknownEffect(Order, strict)
const decodeListed = Schema.decodeUnknownEffect(ListedOrder, strict)

const one = (product: { readonly id: string }, quantity = 1) => [{ product_id: product.id, quantity }]
const withToken = ({ tracking_token }: { tracking_token: string }) => ({ headers: { "x-order-token": tracking_token } })

const short = ({ id, name, variants }: any, available: number, requested: number) => ({
  product_id: id,
  sku_id: variants[0].id,
  product_name: name,
  options: {},
  available,
  requested
})

layer(TestServer.layer)("placing an order", (it) => {
  it.effect("takes a name, a phone and items, from a guest", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const soap = yield* addProduct(shop, { name: "Savon", name_ar: "صابون", sku: "S-1", price: 450.5, stock: 10 })
      const placed = yield* order(one(soap, 2))
      yield* decodePlaced(placed)
      assert.match(placed.order_number, /^ZST-[2-9A-HJKMNP-TW-Z]{8}$/)
      assert.match(placed.tracking_token, /^[\w-]{22}$/)
      const { id, order_number, created_at, tracking_token, ...rest } = placed
      const [part] = placed.seller_orders
      const [item] = placed.items
      assert.deepStrictEqual(rest, {
        user_id: null,
        seller_id: shop.id,
        tracking_number: null,
        delivery_date: null,
        items_count: 1,
        status: "pending",
        payment_status: "pending",
        payment_method: "cod",
        customer_name: "Ahmed",
        customer_phone: "+213555123456",
        customer_wilaya: null,
        customer_wilaya_code: null,
        commune: null,
        customer_address: null,
        notes: null,
        customer_email: null,
        subtotal: 901,
        delivery_fee: 0,
        total: 901,
        items: [
          {
            id: item.id,
            product_id: soap.id,
            sku_id: soap.variants[0].id,
            options: {},
            seller_order_id: part.id,
            product_name: "Savon",
            product_name_ar: "صابون",
            sku: "S-1",
            product_image: null,
            price: 450.5,
            quantity: 2,
            subtotal: 901
          }
        ],
        seller_orders: [
          {
            id: part.id,
            seller: { id: shop.id, full_name: soap.seller.full_name },
            status: "pending",
            payment_status: "pending",
            subtotal: 901,
            delivery_fee: 0,
            total: 901,
            tracking_number: null,
            delivery_date: null
          }
        ],
        updated_at: created_at,
        timeline: [
          {
            kind: "placed",
            from: null,
            to: "pending",
            label: { fr: "Commande reçue", ar: "تم استلام الطلب" },
            seller_order_id: null,
            actor: "guest",
            data: {},
            note: null,
            created_at
          }
        ]
      })
      assert.strictEqual(yield* stockOf(soap), 8)
      const read = yield* server.get(`${base}/${id}`, withToken({ tracking_token }))
      const { tracking_token: _, ...expected } = placed
      assert.deepStrictEqual(read.json.data, expected)
      assert.deepStrictEqual(
        (yield* server.get(`${base}/${order_number}`, withToken({ tracking_token }))).json,
        read.json
      )
    })
  )

  it.effect("of several shops makes one part a shop, and answers what a read gives", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const [first, second] = [yield* seller, yield* seller]
      const products = [
        yield* addProduct(second, { name: "B", price: 100 }),
        yield* addProduct(first, { name: "A", price: 10.25, stock: 4 }),
        yield* addProduct(second, { name: "C", price: 0 })
      ]
      const details = {
        customer_email: "ahmed@example.dz",
        customer_wilaya: "Alger",
        commune: "Bab El Oued",
        customer_address: "12, rue Colonel Lotfi\n3e étage",
        notes: "Après 17 h"
      }
      const placed = yield* order(
        products.map(({ id }, index) => ({ product_id: id, quantity: index + 2 })),
        who,
        details
      )
      assert.deepInclude(placed, { ...details, customer_wilaya_code: 16, subtotal: 230.75, total: 230.75 })
      assert.deepInclude(placed, { user_id: who.id, seller_id: null, items_count: 3 })
      assert.notProperty(placed, "tracking_token")
      assert.deepStrictEqual(
        placed.items.map(({ product_name, quantity, subtotal }: any) => [product_name, quantity, subtotal]),
        [
          ["B", 2, 200],
          ["A", 3, 30.75],
          ["C", 4, 0]
        ]
      )
      assert.deepStrictEqual(
        placed.seller_orders.map((part: any) => [part.seller.id, part.subtotal]),
        [
          [second.id, 200],
          [first.id, 30.75]
        ]
      )
      assert.deepStrictEqual((yield* server.get(`${base}/${placed.id}`, who)).json.data, placed)
      assert.strictEqual(placed.timeline[0].actor, "customer")
    })
  )

  it.effect("sums a product that is named twice", () =>
    Effect.gen(function* () {
      const soap = yield* addProduct(yield* seller, { stock: 5 })
      const placed = yield* order([...one(soap, 2), { product_id: soap.id.toUpperCase(), quantity: 3 }])
      assert.lengthOf(placed.items, 1)
      assert.strictEqual(placed.items[0].quantity, 5)
      assert.strictEqual(yield* stockOf(soap), 0)
    })
  )

  it.effect("keeps what was agreed, whatever becomes of the product", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const soap = yield* addProduct(shop, { name: "Avant", price: 100 })
      const placed = yield* order(one(soap))
      yield* server.patch(`/api/v1/products/${soap.id}`, { name: "Après", price: 900, sku: "X" }, shop)
      const removed = yield* server.send("DELETE", `/api/v1/products/${soap.id}`, shop)
      assert.strictEqual(removed.json.data.outcome, "archived")
      const { json } = yield* server.get(`${base}/${placed.id}`, withToken(placed))
      assert.deepStrictEqual(json.data.items, placed.items)
      // Only orders keep it: nobody changes it any more, and nobody puts it on sale again.
      const path = `/api/v1/products/${soap.id}`
      for (const who of [shop, yield* admin]) {
        for (const [method, to, body] of [
          ["PATCH", path, { status: "active" }],
          ["PUT", `${path}/variants`, { variants: [{ options: { taille: "M" } }] }],
          ["DELETE", path, undefined]
        ] as const) {
          const { status, text } = yield* server.send(method, to, { ...who, body })
          assert.strictEqual(status, 404, `${method} ${to} ${text}`)
        }
      }
    })
  )

  it.effect("keeps the pictures that it shows of a product that was deleted, which keeps no other", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const shop = yield* seller
      const soap = yield* addProduct(shop)
      const images = `/api/v1/products/${soap.id}/images`
      const add = Effect.promise(() => jpeg(80, 80)).pipe(
        Effect.flatMap((photo) => server.send("POST", images, { ...shop, ...upload(photo) }))
      )
      yield* add
      const placed = yield* order(one(soap))
      yield* add
      yield* server.send("DELETE", `/api/v1/products/${soap.id}`, shop)
      const { json } = yield* server.get(`${base}/${placed.id}`, withToken(placed))
      const { pathname } = new URL(json.data.items[0].product_image)
      assert.strictEqual((yield* server.get(pathname)).status, 200)
      assert.deepStrictEqual(
        yield* sql`SELECT id FROM media WHERE owner_id = ${shop.id}`,
        yield* sql`SELECT media_id AS id FROM order_items WHERE product_id = ${soap.id}`
      )
      const { json: shown } = yield* server.get(`/api/v1/products/${soap.id}`, shop)
      assert.deepInclude(shown.data, { image_url: null, thumbnail_url: null, images: [] })
    })
  )

  it.effect("of what is not on sale names it, and takes nothing", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const soap = yield* addProduct(shop, { stock: 5 })
      const draft = yield* addProduct(shop, { status: "draft" })
      const items = [...one(soap), ...one(draft), { product_id: absent, quantity: 1 }]
      const { status, json } = yield* server.post(base, { ...customer, items })
      assert.strictEqual(status, 404)
      assert.strictEqual(json.error.code, "PRODUCT_NOT_FOUND")
      assert.deepStrictEqual(json.error.details, [{ product_id: draft.id }, { product_id: absent }])
      assert.strictEqual(yield* stockOf(soap), 5)
      const alone = yield* server.post(base, { ...customer, items: [{ product_id: absent, quantity: 1 }] })
      assert.strictEqual(alone.status, 404)
    })
  )

  it.effect("of more than there is says how much there is of each, and takes nothing", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const [plenty, few, none] = [
        yield* addProduct(shop, { stock: 5 }),
        yield* addProduct(shop, { stock: 2 }),
        yield* addProduct(shop, { stock: 0 })
      ]
      const items = [...one(plenty), ...one(few, 3), ...one(none)]
      const { status, json } = yield* server.post(base, { ...customer, items })
      assert.strictEqual(status, 409)
      assert.strictEqual(json.error.code, "OUT_OF_STOCK")
      assert.deepStrictEqual(json.error.details, [short(few, 2, 3), short(none, 0, 1)])
      assert.deepStrictEqual([yield* stockOf(plenty), yield* stockOf(few)], [5, 2])
      assert.strictEqual((yield* server.post(base, { ...customer, items: one(few, 3) })).status, 409)
    })
  )

  it.effect("of a larger lot's part, or of an unknown wilaya, names the field", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const soap = yield* addProduct(shop, { stock: 5 })
      const lot = yield* addProduct(shop, { min_order_quantity: 6 })
      const few = yield* server.post(base, { ...customer, items: [...one(soap), ...one(soap), ...one(lot, 5)] })
      assert.strictEqual(few.status, 422)
      assert.deepStrictEqual(few.json.error.details, [
        { field: "items[2].quantity", message: "This product is sold from 6" }
      ])
      const nowhere = yield* server.post(base, { ...customer, items: one(soap), customer_wilaya: "Atlantide" })
      assert.strictEqual(nowhere.status, 422)
      assert.strictEqual(nowhere.json.error.details[0].field, "customer_wilaya")
      assert.strictEqual(yield* stockOf(soap), 5)
    })
  )

  it.effect("refuses what makes no sense, naming the field", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const soap = yield* addProduct(yield* seller, { stock: 5 })
      const dear = yield* addProduct(yield* seller, { price: 1_000_000_000 })
      const good = { ...customer, items: one(soap) }
      const items = (quantity: unknown) => ({ ...customer, items: [{ product_id: soap.id, quantity }] })
      const cases: ReadonlyArray<readonly [string, unknown]> = [
        ["customer_name", { ...good, customer_name: undefined }],
        ["customer_name", { ...good, customer_name: "  " }],
        ["customer_name", { ...good, customer_name: "a\0b" }],
        ["customer_name", { ...good, customer_name: "x".repeat(121) }],
        ["customer_phone", { ...good, customer_phone: undefined }],
        ["customer_phone", { ...good, customer_phone: "0255123456" }],
        ["customer_phone", { ...good, customer_phone: 555123456 }],
        ["customer_email", { ...good, customer_email: "nobody" }],
        ["customer_wilaya", { ...good, customer_wilaya: 0 }],
        ["customer_wilaya", { ...good, customer_wilaya: 1.5 }],
        ["customer_wilaya", { ...good, customer_wilaya: "" }],
        ["customer_wilaya", { ...good, customer_wilaya: "A".repeat(61) }],
        ["customer_address", { ...good, customer_address: "a\0b" }],
        ["notes", { ...good, notes: "x".repeat(1001) }],
        ["payment_method", { ...good, payment_method: "bitcoin" }],
        ["items", { ...customer }],
        ["items", { ...customer, items: [] }],
        ["items", { ...customer, items: "all" }],
        ["items", { ...good, from_cart: true }],
        ["items", { ...customer, from_cart: false }],
        ["items", { ...customer, items: Array.from({ length: 101 }, () => one(soap)[0]) }],
        ["items", { ...customer, items: one(dear, 2000) }],
        ["items[0].product_id", { ...customer, items: [{ product_id: "x", quantity: 1 }] }],
        ["items[0].product_id", { ...customer, items: [{ quantity: 1 }] }],
        ["items[0].quantity", items(1.5)],
        ["items[0].quantity", items(-1)],
        ["items[0].quantity", items(0)],
        ["items[0].quantity", items(1e30)],
        ["items[0].quantity", items(100_001)],
        ["items[0].quantity", items("2")],
        ["items[0].quantity", items(null)],
        ["items[0].quantity", { ...customer, items: [{ product_id: soap.id }] }],
        ["items[1].quantity", { ...customer, items: [...one(soap, 60_000), ...one(soap, 60_000)] }],
        ["from_cart", { ...customer, from_cart: true }],
        ["from_cart", { ...good, from_cart: "yes" }]
      ]
      for (const [field, body] of cases) {
        const { status, json, text } = yield* server.post(base, body)
        assert.strictEqual(status, 422, `${field} ${text}`)
        assert.strictEqual(json.error.details[0].field, field, text)
      }
      assert.strictEqual(yield* stockOf(soap), 5)
    })
  )

  it.effect("believes nothing that the server decides", () =>
    Effect.gen(function* () {
      const soap = yield* addProduct(yield* seller, { price: 700 })
      const forged = {
        total: 1,
        status: "delivered",
        order_number: "ZST-22222222",
        user_id: absent,
        payment_status: "paid"
      }
      const placed = yield* order([{ ...one(soap)[0], price: 1 } as any], {}, forged)
      assert.deepInclude(placed, { total: 700, status: "pending", payment_status: "pending" })
      assert.notStrictEqual(placed.order_number, forged.order_number)
    })
  )

  it.effect("keeps of a guest's token only its hash", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const soap = yield* addProduct(yield* seller)
      const placed = yield* order(one(soap))
      const [row] = yield* sql<{ row: string; hash: string }>`
        SELECT o::text AS row, encode(tracking_token_hash, 'hex') AS hash FROM orders o WHERE id = ${placed.id}`
      assert.notInclude(row?.row, placed.tracking_token)
      assert.strictEqual(row?.hash.length, 64)
    })
  )
})

layer(TestServer.layer)("ordering the cart", (it) => {
  const fill = Effect.fnUntraced(function* (who: { token: string }, items: ReadonlyArray<{ id: string }>) {
    const server = yield* TestServer
    for (const { id } of items) {
      const { status } = yield* server.post("/api/v1/cart/items", { product_id: id, quantity: 2 }, who)
      assert.strictEqual(status, 201)
    }
  })

  it.effect("orders its lines and empties it", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const shop = yield* seller
      const products = [yield* addProduct(shop, { stock: 9 }), yield* addProduct(shop)]
      yield* fill(who, products)
      const { status, json } = yield* server.post(base, { ...customer, from_cart: true }, who)
      assert.strictEqual(status, 201)
      assert.deepStrictEqual(
        json.data.items.map((item: any) => [item.product_id, item.quantity]),
        products.map(({ id }) => [id, 2])
      )
      assert.strictEqual((yield* server.get("/api/v1/cart", who)).json.data.count, 0)
      const again = yield* server.post(base, { ...customer, from_cart: true }, who)
      assert.strictEqual(again.status, 422)
      assert.deepStrictEqual(again.json.error.details, [{ field: "from_cart", message: "The cart is empty" }])
    })
  )

  it.effect("leaves it as it is when the order is refused, and when items were ordered instead", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const shop = yield* seller
      const soap = yield* addProduct(shop, { stock: 2 })
      yield* fill(who, [soap])
      yield* order(one(soap), who)
      assert.strictEqual((yield* server.get("/api/v1/cart", who)).json.data.count, 2)
      const { status, json } = yield* server.post(base, { ...customer, from_cart: true }, who)
      assert.strictEqual(status, 409)
      assert.deepStrictEqual(json.error.details, [short(soap, 1, 2)])
      assert.strictEqual((yield* server.get("/api/v1/cart", who)).json.data.count, 2)
    })
  )

  it.effect("happens once, however often it is asked for at once, and loses no line that is added meanwhile", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const shop = yield* seller
      const soap = yield* addProduct(shop, { stock: 100 })
      const oil = yield* addProduct(shop, { stock: 100 })
      yield* fill(who, [soap])
      const checkout = server.post(base, { ...customer, from_cart: true }, who)
      const add = server.post("/api/v1/cart/items", { product_id: oil.id, quantity: 1 }, who)
      const answers = yield* Effect.all([checkout, add, checkout, add, checkout, add, checkout], {
        concurrency: "unbounded"
      })
      const ordered = answers.filter(({ json }) => json.data?.order_number).flatMap(({ json }) => json.data.items)
      const left = (yield* server.get("/api/v1/cart", who)).json.data.items
      const count = (id: string) =>
        [...ordered, ...left].reduce((sum, item) => sum + (item.product_id === id ? item.quantity : 0), 0)
      assert.strictEqual(count(soap.id), 2)
      assert.strictEqual(count(oil.id), 3)
      assert.isTrue(answers.every(({ status }) => status === 201 || status === 422))
      const sold = (id: string) => ordered.reduce((sum, item) => sum + (item.product_id === id ? item.quantity : 0), 0)
      assert.deepStrictEqual([yield* stockOf(soap), yield* stockOf(oil)], [100 - sold(soap.id), 100 - sold(oil.id)])
    }).pipe(insisting)
  )
})

layer(TestServer.layer)("an order", (it) => {
  it.effect("exists for its buyer, its sellers and administrators, and for nobody else", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const [shop, other] = [yield* seller, yield* seller]
      const placed = yield* order([...one(yield* addProduct(shop)), ...one(yield* addProduct(other))], who)
      const guests = yield* order(one(yield* addProduct(shop)))
      const nothing = yield* server.get(`${base}/${absent}`, who)
      const strangers = [
        yield* server.get(`${base}/${placed.id}`),
        yield* server.get(`${base}/${placed.order_number}`),
        yield* server.get(`${base}/${placed.id}`, yield* buyer),
        yield* server.get(`${base}/${placed.id}`, yield* seller),
        yield* server.get(`${base}/${placed.id}`, withToken(guests)),
        yield* server.get(`${base}/${guests.id}`, other),
        yield* server.get(`${base}/${guests.id}`, who),
        yield* server.get(`${base}/${guests.id}`, withToken({ tracking_token: "" })),
        yield* server.get(`${base}/${guests.id}`, withToken({ tracking_token: "x".repeat(22) })),
        yield* server.get(`${base}/x`, who),
        yield* server.get(`${base}/%00`, who)
      ]
      for (const { status, json } of strangers) {
        assert.strictEqual(status, 404)
        assert.deepStrictEqual({ ...json.error, request_id: "" }, { ...nothing.json.error, request_id: "" })
      }
      for (const person of [who, yield* admin]) {
        const { json } = yield* server.get(`${base}/${placed.id}`, person)
        assert.deepStrictEqual(json.data, placed)
      }
    })
  )

  it.effect("shows a seller its own part, and nothing of the others", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const [shop, other] = [yield* seller, yield* seller]
      const mine = yield* addProduct(shop, { name: "Mien", price: 100 })
      const theirs = yield* addProduct(other, { name: "Autre", price: 7777 })
      const placed = yield* order([...one(mine, 2), ...one(theirs)], yield* buyer, {
        customer_address: "12, rue Colonel Lotfi",
        customer_email: "ahmed@example.dz"
      })
      yield* move(other, placed.id, "confirmed", { note: "Stock compté" })
      const { json, text } = yield* server.get(`${base}/${placed.id}`, shop)
      yield* decodeOrder(json.data)
      assert.deepInclude(json.data, {
        id: placed.id,
        status: "pending",
        subtotal: 200,
        total: 200,
        customer_phone: "+213555123456",
        customer_address: "12, rue Colonel Lotfi",
        customer_email: null
      })
      assert.deepStrictEqual(json.data.items, [placed.items[0]])
      assert.deepStrictEqual(json.data.seller_orders, [placed.seller_orders[0]])
      assert.lengthOf(json.data.timeline, 1)
      for (const secret of ["7777", "Autre", other.id, "Stock compté"]) assert.notInclude(text, secret)
    })
  )

  it.effect("is tracked with its number and its phone, in whatever way they are written", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const placed = yield* order(one(yield* addProduct(yield* seller)))
      const { tracking_token: _, ...expected } = placed
      const code = placed.order_number.slice(4)
      for (const number of [
        placed.order_number,
        code,
        placed.order_number.toLowerCase(),
        ` zst${code} `,
        `ZST ${code}`
      ]) {
        for (const phone of ["0555123456", "+213 555 12 34 56", "00213555123456"]) {
          const query = new URLSearchParams({ number, phone })
          const { json, text } = yield* server.get(`${base}/track?${query}`)
          assert.deepStrictEqual(json.data, expected, `${query} ${text}`)
        }
      }
    })
  )

  it.effect("is not tracked with anything else, and the answer does not say what was wrong", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const placed = yield* order(one(yield* addProduct(yield* seller)))
      const track = (number: string, phone: string) =>
        server.get(`${base}/track?${new URLSearchParams({ number, phone })}`)
      const answers = [
        yield* track(placed.order_number, "0555123457"),
        yield* track("ZST-22222222", "0555123456"),
        yield* track("ZST-22222222", "0555123457"),
        yield* track("nonsense", "0555123456"),
        yield* track(`${placed.order_number}2`, "0555123456"),
        yield* track("%", "0555123456"),
        yield* track(placed.id, "0555123456")
      ]
      for (const { status, json } of answers) {
        assert.strictEqual(status, 404)
        const { request_id: _, ...error } = json.error
        assert.deepStrictEqual(error, { code: "ORDER_NOT_FOUND", message: "This order does not exist.", details: [] })
      }
      for (const [query, field] of [
        ["number=ZST-22222222", "phone"],
        ["phone=0555123456", "number"],
        ["number=ZST-22222222&phone=12", "phone"],
        [`number=${"2".repeat(41)}&phone=0555123456`, "number"]
      ]) {
        const { status, json } = yield* server.get(`${base}/track?${query}`)
        assert.strictEqual(status, 422)
        assert.strictEqual(json.error.details[0].field, field)
      }
    })
  )

  it.effect("can be completed by its buyer, its guest and administrators until a shop confirms", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const who = yield* buyer
      const soap = yield* addProduct(shop)
      const changes = {
        customer_name: "Amina",
        customer_email: "amina@example.dz",
        customer_wilaya: "وهران",
        commune: "Oran",
        customer_address: "24, boulevard de la Soummam",
        notes: "Sonner deux fois"
      }
      const placed = yield* order(one(soap), who)
      const path = `${base}/${placed.id}`
      const { status, json } = yield* server.patch(path, changes, who)
      assert.strictEqual(status, 200)
      yield* decodeOrder(json.data)
      assert.deepInclude(json.data, { ...changes, customer_wilaya: "Oran", customer_wilaya_code: 31 })
      assert.deepStrictEqual(
        json.data.timeline.map((entry: any) => [entry.kind, entry.actor, entry.data]),
        [
          ["placed", "customer", {}],
          ["edited", "customer", { fields: Object.keys(changes) }]
        ]
      )
      const guests = yield* order(one(soap))
      assert.strictEqual((yield* server.patch(`${base}/${guests.id}`, changes, withToken(guests))).status, 200)
      assert.strictEqual((yield* server.patch(path, { commune: "Es Senia" }, yield* admin)).status, 200)
      assert.lengthOf((yield* server.patch(path, {}, who)).json.data.timeline, 3)
      for (const options of [{}, shop, yield* buyer, withToken(guests)]) {
        assert.strictEqual((yield* server.patch(path, { commune: "Ailleurs" }, options)).status, 404)
      }
      const nowhere = yield* server.patch(path, { customer_wilaya: 98 }, who)
      assert.strictEqual(nowhere.json.error.details[0].field, "customer_wilaya")
      for (const body of [
        { commune: "a\0" },
        { customer_name: null },
        { customer_email: "x" },
        { customer_address: 5 }
      ]) {
        const answer = yield* server.patch(path, body, who)
        assert.strictEqual(answer.status, 422)
        assert.strictEqual(answer.json.error.details[0].field, Object.keys(body)[0])
      }
      const forged = yield* server.patch(path, { customer_phone: "0666000000", total: 1, status: "paid" }, who)
      assert.deepInclude(forged.json.data, { customer_phone: "+213555123456", total: placed.total, status: "pending" })
      yield* move(shop, placed.id, "confirmed")
      const late = yield* server.patch(path, changes, who)
      assert.strictEqual(late.status, 409)
      assert.strictEqual(late.json.error.code, "ORDER_NOT_EDITABLE")
    })
  )

  it.effect("is cancelled by its buyer, its guest and administrators, and its stock comes back once", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const who = yield* buyer
      const soap = yield* addProduct(shop, { stock: 10 })
      const oil = yield* addProduct(yield* seller, { stock: 10 })
      const untracked = yield* addProduct(shop)
      const items = [...one(soap, 3), ...one(oil, 2), ...one(untracked)]
      const placed = yield* order(items, who)
      const path = `${base}/${placed.id}/cancel`
      for (const options of [{}, shop, yield* buyer]) {
        assert.strictEqual((yield* server.post(path, {}, options)).status, 404)
      }
      yield* count(shop, untracked, 4)
      const { status, json } = yield* server.post(path, { reason: "Trop long" }, who)
      assert.strictEqual(status, 200)
      yield* decodeOrder(json.data)
      assert.strictEqual(json.data.status, "cancelled")
      assert.deepStrictEqual(
        json.data.seller_orders.map((part: any) => part.status),
        ["cancelled", "cancelled"]
      )
      assert.deepStrictEqual(
        json.data.timeline.slice(1).map((entry: any) => [entry.to, entry.seller_order_id, entry.actor, entry.note]),
        json.data.seller_orders.map((part: any) => ["cancelled", part.id, "customer", "Trop long"])
      )
      const again = yield* server.send("POST", path, who)
      assert.strictEqual(again.status, 200, again.text)
      assert.deepStrictEqual(again.json, json)
      assert.deepStrictEqual([yield* stockOf(soap), yield* stockOf(oil), yield* stockOf(untracked)], [10, 10, 4])
      const guests = yield* order(one(soap))
      assert.strictEqual((yield* server.post(`${base}/${guests.id}/cancel`, {}, withToken(guests))).status, 200)
      const admins = yield* order(one(soap), who)
      assert.strictEqual((yield* server.post(`${base}/${admins.id}/cancel`, {}, yield* admin)).status, 200)
      assert.strictEqual(yield* stockOf(soap), 10)
    })
  )

  it.effect("of which a part is on its way is not cancelled at all", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const [shop, other] = [yield* seller, yield* seller]
      const soap = yield* addProduct(shop, { stock: 10 })
      const who = yield* buyer
      const placed = yield* order([...one(soap), ...one(yield* addProduct(other))], who)
      yield* move(other, placed.id, "confirmed")
      yield* move(other, placed.id, "shipped")
      const { status, json } = yield* server.post(`${base}/${placed.id}/cancel`, {}, who)
      assert.strictEqual(status, 409)
      assert.strictEqual(json.error.code, "ORDER_NOT_CANCELLABLE")
      assert.deepStrictEqual(json.error.details, [{ seller_order_id: placed.seller_orders[1].id, status: "shipped" }])
      assert.strictEqual(yield* stockOf(soap), 9)
      assert.strictEqual((yield* server.get(`${base}/${placed.id}`, who)).json.data.seller_orders[0].status, "pending")
    })
  )
})

layer(TestServer.layer)("the list of one's orders", (it) => {
  it.effect("is empty for a newcomer, and closed to guests", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const { status, json } = yield* server.get(base, yield* buyer)
      assert.strictEqual(status, 200)
      assert.deepStrictEqual(json.data, [])
      assert.strictEqual(json.meta.total, 0)
      assert.strictEqual((yield* server.get(base)).status, 401)
    })
  )

  it.effect("shows one's own, the newest first, by page and by cursor, while others come", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const soap = yield* addProduct(yield* seller)
      const who = yield* buyer
      yield* order(one(soap), yield* buyer)
      yield* order(one(soap))
      const ids: Array<string> = []
      for (let i = 0; i < 7; i++) ids.unshift((yield* order(one(soap), who)).id)
      const pages = [1, 2, 3].map((page) => server.get(`${base}?limit=3&page=${page}`, who))
      const byNumber = (yield* Effect.all(pages)).flatMap(({ json }) => json.data.map(({ id }: any) => id))
      assert.deepStrictEqual(byNumber, ids)
      const first = yield* server.get(`${base}?limit=3`, who)
      assert.deepInclude(first.json.meta, { page: 1, total: 7, total_pages: 3, has_next: true, has_prev: false })
      yield* Effect.forEach(first.json.data, (listed) => decodeListed(listed))
      const byCursor: Array<string> = []
      let query = "?limit=3"
      for (;;) {
        const { json } = yield* server.get(`${base}${query}`, who)
        byCursor.push(...json.data.map(({ id }: any) => id))
        yield* order(one(soap), who)
        if (!json.meta.has_next) break
        query = `?limit=3&cursor=${json.meta.next_cursor}`
      }
      assert.deepStrictEqual(byCursor, ids)
      const pending = yield* server.get(`${base}?status=pending`, who)
      assert.strictEqual(pending.json.meta.total, 10)
      assert.strictEqual((yield* server.get(`${base}?status=shipped`, who)).json.meta.total, 0)
    })
  )

  it.effect("refuses what makes no sense, naming the parameter", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const forged = Buffer.from(JSON.stringify(["-created_at", "yesterday", absent, 2])).toString("base64url")
      const far = Buffer.from(JSON.stringify(["-created_at", 1e300, absent, 2])).toString("base64url")
      for (const [query, field] of [
        ["status=lost", "status"],
        ["page=0", "page"],
        ["limit=101", "limit"],
        ["cursor=x", "cursor"],
        [`cursor=${forged}`, "cursor"],
        [`cursor=${far}`, "cursor"]
      ]) {
        const { status, json, text } = yield* server.get(`${base}?${query}`, who)
        assert.strictEqual(status, 422, text)
        assert.strictEqual(json.error.details[0].field, field)
      }
    })
  )

  it.effect("is edited by what differs alone, and not for ever", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const shop = yield* seller
      const soap = yield* addProduct(shop)
      const placed = yield* order(one(soap), {}, { customer_wilaya: "Alger", customer_address: "Rue A" })
      const who = { headers: { "x-order-token": placed.tracking_token } }
      const edit = (changes: object) => server.patch(`${base}/${placed.id}`, changes, who)
      const same = yield* edit({ customer_address: "Rue A", customer_wilaya: "الجزائر", notes: null })
      assert.lengthOf(same.json.data.timeline, 1)
      const told = yield* sql`SELECT FROM events WHERE entity = ${placed.id} AND type = 'order.edited'`
      assert.lengthOf(told, 0)
      const changed = yield* edit({ customer_address: "Rue A", notes: "Sonner" })
      assert.deepStrictEqual(changed.json.data.timeline[1].data, { fields: ["notes"] })
      yield* sql`INSERT INTO order_events (id, order_id, kind, actor)
        SELECT uuidv7(), ${placed.id}::uuid, 'edited', 'guest' FROM generate_series(1, 99)`
      const refused = yield* edit({ notes: "Encore" })
      assert.deepStrictEqual([refused.status, refused.json.error.code], [409, "TOO_MANY_EDITS"])
      // None of them was the shop's, whose parcel still gets its number, and as often as it takes.
      const [part] = placed.seller_orders
      for (const status of ["confirmed", "shipped"]) yield* move(shop, part.id, status)
      const moved = yield* move(shop, part.id, "shipped", { tracking_number: "YAL-1" })
      assert.strictEqual(moved.tracking_number, "YAL-1")
      yield* sql`INSERT INTO order_events (id, order_id, seller_order_id, kind, actor)
        SELECT uuidv7(), ${placed.id}::uuid, ${part.id}::uuid, 'tracked', 'seller' FROM generate_series(1, 99)`
      const again = { status: "shipped", tracking_number: "YAL-2" }
      const last = yield* server.patch(`/api/v1/seller/orders/${part.id}/status`, again, shop)
      assert.deepStrictEqual([last.status, last.json.error.code], [409, "TOO_MANY_EDITS"])
    })
  )
})
