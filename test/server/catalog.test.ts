import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { settleWords } from "../../src/services/catalog/jobs.ts"
import { ListedProduct, Product } from "../../src/services/catalog/model.ts"
import { UpdateProduct } from "../../src/services/catalog/requests.ts"
import { ofList, ofSteadyList } from "../../src/services/connections.ts"
import { type Person, TestServer } from "../support/server.ts"
import { addProduct, move, order } from "../support/shop.ts"

const base = "/api/v1/products"
const decodeProduct = Schema.decodeUnknownEffect(Product, { onExcessProperty: "error" })
const decodeListed = Schema.decodeUnknownEffect(ListedProduct, { onExcessProperty: "error" })

const full = {
  name: "Parfum Rose d'Alger",
  name_ar: "عطر وردة الجزائر",
  description: "Une rose.\nDeux lignes.",
  description_ar: "وردة",
  category: "perfume",
  brand: "Maison Œillet",
  sku: "ROSE-50",
  price: 4500.5,
  original_price: 6000,
  stock: 12,
  min_order_quantity: 2,
  attributes: { volume: "50 ml", النوع: "نسائي" },
  product_type: "Eau de parfum",
  benefits: ["Tient douze heures", "Sans paraben"],
  ingredients: "Alcool, parfum, eau.",
  usage_instructions: "Sur la peau.\nÀ vingt centimètres.",
  delivery_estimate: "2 à 4 jours",
  shipping_info: "58 wilayas",
  returns_info: "Sept jours",
  payment_info: "À la livraison"
}

const add = Effect.fnUntraced(function* (seller: Person, product: object) {
  const server = yield* TestServer
  const { status, json, text } = yield* server.post(base, product, seller)
  assert.strictEqual(status, 201, text)
  return json.data
})

const seller = Effect.flatMap(TestServer, (server) => server.person("seller", "importateur"))

layer(TestServer.layer)("a product", (it) => {
  it.effect("needs only a name and a price", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const created = yield* add(owner, { name: "Test Product", price: 1000 })
      assert.strictEqual(created.price, 1000)
      assert.strictEqual(created.slug, "test-product")
      assert.strictEqual(created.seller.id, owner.id)
      assert.isNull(created.stock)
      assert.isTrue(created.in_stock)
      assert.isTrue(created.is_new)
      for (const address of [created.id, created.slug]) {
        assert.deepStrictEqual((yield* server.get(`${base}/${address}`)).json.data, created)
      }
    })
  )

  it.effect("keeps everything that was said of it, in the shape of the contract", () =>
    Effect.gen(function* () {
      const created = yield* add(yield* seller, full)
      assert.deepInclude(created, full)
      assert.sameMembers(Object.keys(created.category_labels), ["fr", "ar"])
      assert.isTrue(created.is_promo)
      yield* decodeProduct(created)
    })
  )

  it.effect("has a slug of its own, in Arabic letters when its name has no others", () =>
    Effect.gen(function* () {
      const owner = yield* seller
      const first = yield* add(owner, { name: "Même nom", price: 1 })
      const second = yield* add(owner, { name: "Même nom", price: 1 })
      assert.strictEqual(first.slug, "meme-nom")
      assert.match(second.slug, /^meme-nom-[0-9a-f]{8}$/)
      const arabic = yield* add(owner, { name: "زيت زيتون", price: 1 })
      assert.strictEqual(arabic.slug, "زيت-زيتون")
      const { get } = yield* TestServer
      const read = yield* get(`${base}/${encodeURIComponent(arabic.slug)}`)
      assert.strictEqual(read.json.data.id, arabic.id)
    })
  )

  it.effect("is refused with the field named when a value makes no sense", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const good = { name: "Bon", price: 10 }
      const cases: ReadonlyArray<readonly [string, object]> = [
        ["name", { price: 10 }],
        ["name", { ...good, name: "" }],
        ["name", { ...good, name: "   " }],
        ["name", { ...good, name: "a\0b" }],
        ["name", { ...good, name: "x".repeat(201) }],
        ["name", { ...good, name: 5 }],
        ["price", { name: "Bon" }],
        ["price", { ...good, price: -1 }],
        ["price", { ...good, price: 1e30 }],
        ["price", { ...good, price: "10" }],
        ["price", { ...good, price: 10.555 }],
        ["price", { ...good, price: null }],
        ["original_price", { ...good, original_price: 5 }],
        ["stock", { ...good, stock: 1.5 }],
        ["stock", { ...good, stock: -1 }],
        ["stock", { ...good, stock: 1e30 }],
        ["min_order_quantity", { ...good, min_order_quantity: 0 }],
        ["category", { ...good, category: "no-such-category" }],
        ["status", { ...good, status: "archived" }],
        ["attributes.a", { ...good, attributes: { a: 5 } }],
        ["attributes.a", { ...good, attributes: { A: "x", a: "y" } }],
        ["benefits", { ...good, benefits: Array(21).fill("x") }],
        ["benefits[0]", { ...good, benefits: [""] }],
        ["ingredients", { ...good, ingredients: "x".repeat(2001) }],
        ["in_stock", { ...good, in_stock: "yes" }],
        ["is_promo", { ...good, is_promo: 1 }],
        ["description", { ...good, description: "x".repeat(5001) }],
        ["body", [good]]
      ]
      for (const [field, body] of cases) {
        const answer = yield* server.post(base, body, owner)
        assert.strictEqual(answer.status, 422, `${field}: ${JSON.stringify(body).slice(0, 80)}`)
        assert.strictEqual(answer.json.error.code, "VALIDATION_FAILED")
        assert.strictEqual(answer.json.error.details[0].field, field, answer.text)
      }
      const own = yield* server.get("/api/v1/seller/products", owner)
      assert.strictEqual(own.json.meta.total, 0)
    })
  )

  it.effect("has every text counted that may be written of it", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const texts = { description: "ق".repeat(5000), description_ar: "ق".repeat(4950) }
      const { id } = yield* addProduct(owner, texts)
      const text = "ق".repeat(60)
      const counted = []
      for (const [field, schema] of Object.entries(UpdateProduct.fields)) {
        if (["category", "sku"].includes(field) || Object.hasOwn(texts, field)) continue
        const takes = Schema.is(Schema.toEncoded(schema))
        const value = [text, [text], { x: text }].find((one) => takes(one))
        if (value === undefined) continue
        const { status, json } = yield* server.patch(`/api/v1/products/${id}`, { [field]: value }, owner)
        assert.deepStrictEqual([status, json.error?.details[0].field], [422, field])
        counted.push(field)
      }
      assert.includeMembers(counted, ["name", "brand", "benefits", "attributes", "payment_info"])
    })
  )

  it.effect("has as much text as a list of a hundred may have, when it is made and when it changes", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const texts = { description: "ق".repeat(4999), description_ar: "ق".repeat(4900) }
      const made = yield* server.post("/api/v1/products", { name: "Long", price: 10, ...texts }, owner)
      assert.strictEqual(made.status, 201, made.text)
      const path = `/api/v1/products/${made.json.data.id}`
      const more = { ingredients: "é".repeat(200) }
      for (const [field, refused] of [
        ["ingredients", yield* server.patch(path, more, owner)],
        ["description", yield* server.post("/api/v1/products", { name: "Longer", price: 10, ...texts, ...more }, owner)]
      ] as const) {
        assert.deepStrictEqual([refused.status, refused.json.error.details[0].field], [422, field])
        assert.match(refused.json.error.details[0].message, /at most 20,000 bytes in all, but they come to 20,\d{3}/)
      }
      const after = (yield* server.get(path, owner)).json.data
      assert.deepStrictEqual([after.ingredients, after.description_ar], [null, texts.description_ar])
      assert.strictEqual((yield* server.get(`/api/v1/products?seller=${owner.id}`)).json.data.length, 1)
    })
  )

  it.effect("names every field at fault at once", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const answer = yield* server.post(base, { name: "", price: -1, stock: "many" }, yield* seller)
      assert.deepStrictEqual(answer.json.error.details.map(({ field }: { field: string }) => field).sort(), [
        "name",
        "price",
        "stock"
      ])
    })
  )

  it.effect("belongs to who made it: no field of the body says otherwise", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const other = yield* seller
      const created = yield* add(owner, {
        name: "À moi",
        price: 1,
        seller_id: other.id,
        id: other.id,
        sold_count: 999,
        rating: 5,
        slug: "stolen",
        created_at: "2001-01-01T00:00:00Z"
      })
      assert.strictEqual(created.seller.id, owner.id)
      assert.strictEqual(created.sold_count, 0)
      assert.isNull(created.rating)
      assert.strictEqual(created.slug, "a-moi")
      const admin = yield* server.person("admin")
      const forShop = yield* server.post(base, { name: "Pour la boutique", price: 1, seller_id: other.id }, admin)
      assert.strictEqual(forShop.json.data.seller.id, other.id)
      const forNobody = yield* server.post(base, { name: "Sans boutique", price: 1 }, admin)
      assert.strictEqual(forNobody.json.error.details[0].field, "seller_id")
    })
  )

  it.effect("says whether it is there, new or reduced when its shop says so, and else what follows from the rest", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const shown = ({ stock, in_stock, is_new, is_promo }: any) => [stock, in_stock, is_new, is_promo]
      const gone = yield* add(owner, { name: "Épuisé", price: 1, in_stock: false, is_new: false, is_promo: true })
      assert.deepStrictEqual(shown(gone), [0, false, false, true])
      const counted = yield* add(owner, { name: "Compté", price: 1, in_stock: false, stock: 4 })
      assert.deepStrictEqual(shown(counted), [4, true, true, false])
      const found = (query: string) =>
        Effect.map(server.get(`${base}?seller=${owner.id}&sort=created_at&${query}`), names)
      assert.deepStrictEqual(yield* found("is_promo=true"), ["Épuisé"])
      assert.deepStrictEqual(yield* found("is_promo=false"), ["Compté"])
      assert.deepStrictEqual(yield* found("is_new=true"), ["Compté"])
      assert.deepStrictEqual(yield* found("in_stock=false"), ["Épuisé"])
      const change = (id: string, body: object) =>
        Effect.map(server.patch(`${base}/${id}`, body, owner), ({ json }) => shown(json.data))
      assert.deepStrictEqual(yield* change(gone.id, { in_stock: true, is_new: null }), [null, true, true, true])
      assert.deepStrictEqual(yield* change(gone.id, { is_promo: null, in_stock: false }), [0, false, true, false])
      assert.deepStrictEqual(yield* change(counted.id, { in_stock: true }), [4, true, true, false])
    })
  )

  it.effect("is never at the address of the search", () =>
    Effect.gen(function* () {
      const created = yield* add(yield* seller, { name: "Search", price: 1 })
      assert.match(created.slug, /^search-[0-9a-f]{8}$/)
      const found = yield* (yield* TestServer).get(`${base}/search?q=search`)
      assert.deepStrictEqual(names(found), ["Search"])
      assert.deepInclude(found.json.meta, { query: "search", total: 1 })
      assert.strictEqual((yield* (yield* TestServer).get(`${base}/search`)).json.error.details[0].field, "q")
    })
  )

  it.effect("changes only in what is sent, and null clears", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const created = yield* add(owner, { ...full, name: "Change" })
      const patched = yield* server.patch(
        `${base}/${created.id}`,
        { price: 4000, original_price: null, brand: null },
        owner
      )
      assert.strictEqual(patched.status, 200)
      const { updated_at: _, ...expected } = {
        ...created,
        price: 4000,
        price_range: { min: 4000, max: 4000 },
        variants: [{ ...created.variants[0], price: 4000 }],
        original_price: null,
        brand: null,
        is_promo: false
      }
      assert.deepInclude(patched.json.data, expected)
      const nothing = yield* server.patch(`${base}/${created.id}`, {}, owner)
      assert.strictEqual(nothing.status, 200)
      const dearer = yield* server.patch(`${base}/${created.id}`, { original_price: 3000 }, owner)
      assert.strictEqual(dearer.json.error.details[0].field, "original_price")
    })
  )

  it.effect("that is a draft exists for its owner and for administrators alone", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const draft = yield* add(owner, { name: "Brouillon secret", price: 1, status: "draft" })
      const path = `${base}/${draft.id}`
      const statuses = [
        (yield* server.get(path)).status,
        (yield* server.get(path, yield* seller)).status,
        (yield* server.get(path, owner)).status,
        (yield* server.get(path, yield* server.person("admin"))).status
      ]
      assert.deepStrictEqual(statuses, [404, 404, 200, 200])
      const found = yield* server.get(`${base}?search=brouillon+secret`)
      assert.strictEqual(found.json.meta.total, 0)
      const published = yield* server.patch(path, { status: "active" }, owner)
      assert.strictEqual(published.json.data.status, "active")
      assert.strictEqual((yield* server.get(`${base}?search=brouillon+secret`)).json.meta.total, 1)
    })
  )

  it.effect("that was never ordered is deleted for good", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const { id } = yield* add(owner, { name: "Éphémère", price: 1 })
      const removed = yield* server.send("DELETE", `${base}/${id}`, owner)
      assert.deepStrictEqual(removed.json, { data: { id, outcome: "deleted" } })
      assert.strictEqual((yield* server.get(`${base}/${id}`)).status, 404)
      assert.strictEqual((yield* server.send("DELETE", `${base}/${id}`, owner)).status, 404)
    })
  )

  it.effect("that cannot exist is a 404, whatever its address looks like", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      for (const id of [
        "x",
        "%00",
        "00000000-0000-0000-0000-000000000000",
        "'; DROP TABLE products; --",
        "a".repeat(90)
      ]) {
        const answer = yield* server.get(`${base}/${encodeURIComponent(id)}`)
        assert.strictEqual(answer.status, 404, id)
      }
      assert.strictEqual((yield* server.get(`${base}/%00`)).json.error.code, "PRODUCT_NOT_FOUND")
    })
  )
})

const names = (answer: { json: { data: ReadonlyArray<{ name: string }> } }) => answer.json.data.map(({ name }) => name)

layer(TestServer.layer)("the list of products", (it) => {
  it.effect("of an empty shop is an empty page", () =>
    Effect.gen(function* () {
      const { get } = yield* TestServer
      const { json } = yield* get(base)
      assert.deepStrictEqual(json, {
        data: [],
        meta: { page: 1, limit: 20, total: 0, total_pages: 0, has_next: false, has_prev: false, next_cursor: null }
      })
    })
  )

  it.effect("filters and sorts", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* server.person("seller", "grossiste")
      const other = yield* server.person("seller", "fournisseur")
      yield* add(owner, { name: "Parfum Rose", price: 4500, category: "perfume", brand: "Nejma", stock: 3 })
      yield* add(owner, {
        name: "Téléphone Étoile",
        name_ar: "هاتف النجمة",
        price: 45000,
        category: "phones",
        stock: 0
      })
      yield* add(other, {
        name: "Huile d'olive",
        name_ar: "زَيْتُ الزَّيْتُونِ",
        price: 1200,
        original_price: 1500,
        category: "food"
      })
      yield* add(other, { name: "Sous-catégorie", price: 2000, category: "perfume-women", stock: 5 })
      yield* settleWords(yield* SqlClient.SqlClient)
      const found = (query: string) => Effect.map(server.get(`${base}?${query}`), names)
      const cases: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
        ["", ["Sous-catégorie", "Huile d'olive", "Téléphone Étoile", "Parfum Rose"]],
        ["sort=created_at", ["Parfum Rose", "Téléphone Étoile", "Huile d'olive", "Sous-catégorie"]],
        ["sort=price", ["Huile d'olive", "Sous-catégorie", "Parfum Rose", "Téléphone Étoile"]],
        ["sort=-price", ["Téléphone Étoile", "Parfum Rose", "Sous-catégorie", "Huile d'olive"]],
        ["category=perfume", ["Sous-catégorie", "Parfum Rose"]],
        ["category=perfume-women", ["Sous-catégorie"]],
        ["category=nothing", []],
        ["brand=nejma", ["Parfum Rose"]],
        ["brand=NÉJMA", ["Parfum Rose"]],
        ["min_price=2000&max_price=4500&sort=price", ["Sous-catégorie", "Parfum Rose"]],
        ["in_stock=true&sort=price", ["Huile d'olive", "Sous-catégorie", "Parfum Rose"]],
        ["in_stock=false", ["Téléphone Étoile"]],
        ["is_promo=true", ["Huile d'olive"]],
        ["is_new=false", []],
        [`seller=${owner.id}&sort=price`, ["Parfum Rose", "Téléphone Étoile"]],
        ["seller=nobody", []],
        ["seller_category=fournisseur&sort=price", ["Huile d'olive", "Sous-catégorie"]],
        ["search=telephone", ["Téléphone Étoile"]],
        ["search=ÉTOILE+telephone", ["Téléphone Étoile"]],
        ["search=الزيتون", ["Huile d'olive"]],
        ["search=زيت", ["Huile d'olive"]],
        ["search=هاتف+النجمه", ["Téléphone Étoile"]],
        ["search=parfun", ["Parfum Rose", "Sous-catégorie"]],
        // By the names of the category and of the one above it.
        ["search=عطور&sort=price", ["Sous-catégorie", "Parfum Rose"]],
        ["search=عطوور", ["Sous-catégorie", "Parfum Rose"]],
        ["search=femme", ["Sous-catégorie"]],
        ["search=telefone", ["Téléphone Étoile"]],
        ["search=nejma", ["Parfum Rose"]],
        ["search=100%25", []],
        ["search=%25", []],
        ["search=rose+%26+-", ["Parfum Rose"]],
        ["search=xyzzyplugh", []],
        ["category=perfume&search=rose", ["Parfum Rose"]]
      ]
      for (const [query, expected] of cases) assert.deepStrictEqual(yield* found(query), expected, query)
      for (const sort of ["popular", "rating"]) assert.lengthOf(yield* found(`sort=${sort}`), 4)
    })
  )

  it.effect("finds products by the name that their category, or the one above, has been given", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const owner = yield* seller
      yield* addProduct(owner, { name: "Sans nom propre", category: "perfume-women" })
      const found = (words: string) =>
        Effect.map(server.get(`${base}?seller=${owner.id}&search=${words}`), ({ json }) => json.meta.total)
      const other = yield* addProduct(owner, { name: "Ailleurs", category: "phones" })
      const moved = yield* server.patch(`${base}/${other.id}`, { category: "perfume-women" }, owner)
      assert.strictEqual(moved.status, 200, moved.text)
      for (const [slug, name] of [
        ["perfume-women", "Quincaillerie"],
        ["perfume", "Horlogerie"]
      ] as const) {
        const [{ name_fr = "" } = {}] = yield* sql<{
          name_fr: string
        }>`SELECT name_fr FROM categories WHERE slug = ${slug}`
        yield* sql`UPDATE categories SET name_fr = ${name} WHERE slug = ${slug}`
        assert.strictEqual(yield* found(name.toLowerCase()), 2, name)
        yield* sql`UPDATE categories SET name_fr = ${name_fr} WHERE slug = ${slug}`
        assert.strictEqual(yield* found(name.toLowerCase()), 0, name)
      }
    })
  )

  it.effect("gives the fields that are asked for, and every item fits the contract", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const { json } = yield* server.get(`${base}?fields=name,price`)
      assert.deepStrictEqual(Object.keys(json.data[0]), ["id", "name", "price"])
      const all = yield* server.get(base)
      for (const item of all.json.data) yield* decodeListed(item)
      assert.notProperty(all.json.data[0], "ingredients")
      const wrong = yield* server.get(`${base}?fields=name,secret`)
      assert.strictEqual(wrong.status, 422)
      assert.strictEqual(wrong.json.error.details[0].field, "fields")
    })
  )

  it.effect("refuses what makes no sense, naming the parameter", () =>
    Effect.gen(function* () {
      const { get } = yield* TestServer
      const cases: ReadonlyArray<readonly [string, string]> = [
        ["page=0", "page"],
        ["page=-1", "page"],
        ["page=1.5", "page"],
        ["page=1e30", "page"],
        ["page=two", "page"],
        ["page=9999", "page"],
        ["limit=0", "limit"],
        ["limit=101", "limit"],
        ["min_price=-1", "min_price"],
        ["min_price=1e30", "min_price"],
        ["max_price=abc", "max_price"],
        ["sort=name", "sort"],
        ["in_stock=maybe", "in_stock"],
        ["search=%00", "search"],
        ["brand=%00", "brand"],
        ["category=%00", "category"],
        [`search=${"a".repeat(101)}`, "search"],
        ["cursor=nonsense", "cursor"],
        ["cursor=W10", "cursor"],
        ["seller_category=boss", "seller_category"]
      ]
      for (const [query, field] of cases) {
        const { status, json, text } = yield* get(`${base}?${query}`)
        assert.strictEqual(status, 422, `${query} ${text}`)
        assert.strictEqual(json.error.details[0].field, field, query)
      }
    })
  )

  it.effect("shows a changed price at once", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const { id } = yield* add(owner, { name: "Prix mouvant", price: 100 })
      const path = `${base}?search=mouvant`
      for (const price of [200, 300, 400]) {
        yield* server.get(path)
        yield* server.patch(`${base}/${id}`, { price }, owner)
        assert.strictEqual((yield* server.get(path)).json.data[0].price, price)
      }
    })
  )
})

layer(TestServer.layer)("pages of products", (it) => {
  it.effect("by category and price are planned once, and others each time", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const addresses = [
        ["category=toys&min_price=1.25", ofSteadyList],
        ["category=toys&brand=none", ofList],
        ["in_stock=false", ofList]
      ] as const
      for (const [address, begins] of addresses) {
        yield* server.get(`${base}?${address}&limit=7`)
        // Whoever read it shows the last that it was asked.
        const [last] = yield* sql<{ query: string }>`
          SELECT query FROM pg_stat_activity
          WHERE datname = current_database() AND query LIKE '%list%JSON_OBJECT%' AND pid <> pg_backend_pid()
          ORDER BY query_start DESC LIMIT 1`.unprepared
        assert.isTrue(last?.query.startsWith(begins), `${address}: ${last?.query.slice(0, 60)}`)
      }
    })
  )

  it.effect("by number and by cursor show every product once, in every order, while others come and go", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const ids = new Set<string>()
      for (let i = 0; i < 23; i++) {
        ids.add((yield* add(owner, { name: `Page ${i}`, price: 100 + (i % 4) * 50, category: "toys" })).id)
      }
      for (const sort of ["price", "-price", "created_at", "-created_at", "popular", "rating"]) {
        const byNumber: Array<string> = []
        for (const page of [1, 2, 3]) {
          const { json } = yield* server.get(`${base}?category=toys&sort=${sort}&limit=10&page=${page}`)
          byNumber.push(...json.data.map(({ id }: { id: string }) => id))
          assert.deepInclude(json.meta, {
            page,
            total: 23,
            total_pages: 3,
            has_next: page < 3,
            has_prev: page > 1
          })
        }
        assert.deepStrictEqual(new Set(byNumber), ids, sort)
        assert.lengthOf(byNumber, 23)

        const byCursor: Array<string> = []
        let cursor = ""
        for (;;) {
          const { json } = yield* server.get(`${base}?category=toys&sort=${sort}&limit=10${cursor}`)
          byCursor.push(...json.data.map(({ id }: { id: string }) => id))
          // Somebody else's product comes and goes between two pages.
          const other = yield* add(owner, { name: "Passant", price: 150, category: "toys" })
          yield* server.send("DELETE", `${base}/${other.id}`, owner)
          if (!json.meta.has_next) break
          cursor = `&cursor=${json.meta.next_cursor}`
        }
        assert.deepStrictEqual(byCursor, byNumber, sort)
      }
      const { json } = yield* server.get(`${base}?category=toys&sort=price&limit=5`)
      const other = yield* server.get(`${base}?category=toys&sort=-price&cursor=${json.meta.next_cursor}`)
      assert.strictEqual(other.json.error.details[0].field, "cursor")
    })
  )
})

layer(TestServer.layer)("a shop's own list", (it) => {
  it.effect("tells what each product has sold, and which are out of stock", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const soap = yield* add(owner, { name: "Savon", price: 450.5, stock: 9 })
      yield* add(owner, { name: "Huile", price: 1200, stock: 0 })
      const delivered = Effect.fnUntraced(function* (quantity: number) {
        const placed = yield* order([{ product_id: soap.id, quantity }])
        for (const status of ["confirmed", "shipped", "delivered"]) yield* move(owner, placed.id, status)
        return placed
      })
      yield* delivered(2)
      yield* delivered(1)
      yield* move(owner, (yield* delivered(3)).id, "returned")
      const gone = yield* order([{ product_id: soap.id, quantity: 1 }])
      yield* move(owner, gone.id, "cancelled")
      // Two variants of one product in one order: one order of that product.
      const robe = yield* add(owner, { name: "Robe", price: 2000 })
      const variants = [{ options: { taille: "S" } }, { options: { taille: "M" }, price: 2500 }]
      const set = yield* server.send("PUT", `/api/v1/products/${robe.id}/variants`, { ...owner, body: { variants } })
      const both = set.json.data.variants.map(({ id }: any) => ({ sku_id: id, quantity: 1 }))
      const { id } = yield* order(both)
      for (const status of ["confirmed", "shipped", "delivered"]) yield* move(owner, id, status)
      const { json } = yield* server.get("/api/v1/seller/products?sort=price", owner)
      assert.deepStrictEqual(
        json.data.map(({ name, views, orders, revenue }: any) => [name, views, orders, revenue]),
        [
          ["Savon", 0, 2, 1351.5],
          ["Huile", 0, 0, 0],
          ["Robe", 0, 1, 4500]
        ]
      )
      const short = yield* server.get("/api/v1/seller/products?status=out_of_stock&fields=name,revenue", owner)
      assert.deepStrictEqual(
        short.json.data.map(({ id: _, ...rest }: any) => rest),
        [{ name: "Huile", revenue: 0 }]
      )
    })
  )
})
