/** Pictures over HTTP: products, people and shops. */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import sharp from "sharp"
import { Departures } from "../../src/services/accounts/Departures.ts"
import { makeHeic } from "../support/heic.ts"
import { add, added, everything, keyOf, picture, shown, stored } from "../support/productImages.ts"
import { TestServer } from "../support/server.ts"
import { absent, addProduct, admin, buyer, order, seller } from "../support/shop.ts"
import { multipart, type Part, upload } from "../support/upload.ts"

layer(TestServer.layer)("pictures", (it) => {
  it.effect("of a product are added with curl -F file=@image.jpg, and the first is its primary", () =>
    Effect.gen(function* () {
      const owner = yield* seller
      const product = yield* addProduct(owner)
      assert.deepInclude(product, { image_url: null, thumbnail_url: null, images: [] })
      const answer = yield* add(owner, product, yield* picture(1600, 1200))
      assert.strictEqual(answer.status, 201, answer.text)
      const first = answer.json.data
      assert.hasAllKeys(first, ["id", "image_url", "thumbnail_url", "is_primary", "display_order"])
      assert.deepInclude(first, { is_primary: true, display_order: 0 })
      const sizes = yield* Effect.forEach([first.image_url, first.thumbnail_url], (url) =>
        Effect.flatMap(stored(url), (bytes) => Effect.promise(() => sharp(bytes).metadata()))
      )
      assert.deepStrictEqual(
        sizes.map(({ format, width, height }) => [format, width, height]),
        [
          ["webp", 1080, 810],
          ["webp", 400, 300]
        ]
      )
      const second = yield* added(owner, product)
      assert.deepInclude(second, { is_primary: false, display_order: 1 })
      const { image_url, thumbnail_url, images } = yield* shown(product)
      assert.deepStrictEqual(
        [image_url, thumbnail_url, images],
        [first.image_url, first.thumbnail_url, [first, second]]
      )
      assert.match(keyOf(image_url), /^images\/[0-9a-f-]{36}\/large-[a-z0-9_-]{16}\.webp$/)
      const { json } = yield* (yield* TestServer).get("/api/v1/products?sort=-created_at")
      const listed = json.data.find(({ id }: { id: string }) => id === product.id)
      assert.deepInclude(listed, { image_url, thumbnail_url })
      assert.lengthOf(listed.images, 2)
    })
  )

  it.effect("take the place that is told with them, before the file or behind it", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const product = yield* addProduct(owner)
      const path = `/api/v1/products/${product.id}/images`
      const bytes = yield* picture()
      const file = { filename: "photo.jpg", bytes }
      const send = (...parts: ReadonlyArray<Part>) => server.send("POST", path, { ...owner, ...multipart(...parts) })
      const first = yield* added(owner, product)
      const cover = yield* send(file, { name: "is_primary", bytes: "true" }, { name: "display_order", bytes: "0" })
      assert.deepInclude(cover.json.data, { is_primary: true, display_order: 0 }, cover.text)
      const between = yield* send({ name: "display_order", bytes: "1" }, { name: "is_primary", bytes: "false" }, file)
      assert.deepInclude(between.json.data, { is_primary: false, display_order: 1 }, between.text)
      const order = (yield* shown(product)).images.map(({ id }: { readonly id: string }) => id)
      assert.deepStrictEqual(order, [cover.json.data.id, between.json.data.id, first.id])
      for (const [name, wrong] of [
        ["is_primary", "yes"],
        ["display_order", "10"],
        ["display_order", "-1"]
      ] as const) {
        const refused = yield* send(file, { name, bytes: wrong })
        assert.deepStrictEqual([refused.status, refused.json.error.details[0].field], [422, name])
      }
    })
  )

  it.effect("of a product may be HEIC, as phones take them, and are shown as any other", () =>
    Effect.gen(function* () {
      const owner = yield* seller
      const product = yield* addProduct(owner)
      const answer = yield* add(owner, product, yield* Effect.promise(() => makeHeic({ width: 640, height: 360 })))
      assert.strictEqual(answer.status, 201, answer.text)
      const { width, format } = yield* Effect.flatMap(stored(answer.json.data.image_url), (bytes) =>
        Effect.promise(() => sharp(bytes).metadata())
      )
      assert.deepStrictEqual({ width, format }, { width: 640, format: "webp" })
    })
  )

  it.effect("have an order and a primary, which the next one takes over when it is deleted", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const product = yield* addProduct(owner)
      const [a, b, c] = [yield* added(owner, product), yield* added(owner, product), yield* added(owner, product)]
      const at = (image: { id: string }) => `/api/v1/products/${product.id}/images/${image.id}`
      const names = new Map([a, b, c].map(({ id }, i) => [id, "abc"[i]]))
      const seen = Effect.map(shown(product), ({ images, image_url }) => {
        const primary = images.find(({ is_primary }: { is_primary: boolean }) => is_primary)
        assert.strictEqual(image_url, primary?.image_url ?? null)
        assert.deepStrictEqual(
          images.map(({ display_order }: { display_order: number }) => display_order),
          images.map((_: unknown, i: number) => i)
        )
        return [images.map(({ id }: { id: string }) => names.get(id)).join(""), names.get(primary?.id) ?? ""]
      })
      const moved = yield* server.patch(at(c), { display_order: 0 }, owner)
      assert.deepInclude(moved.json.data, { id: c.id, display_order: 0, is_primary: false })
      assert.deepStrictEqual(yield* seen, ["cab", "a"])
      assert.strictEqual((yield* server.patch(at(b), { is_primary: true }, owner)).json.data.is_primary, true)
      assert.deepStrictEqual(yield* seen, ["cab", "b"])
      const none = yield* server.patch(at(b), { is_primary: false }, owner)
      assert.deepStrictEqual([none.status, none.json.error.details[0].field], [422, "is_primary"])
      const far = yield* server.patch(at(b), { display_order: 10 }, owner)
      assert.deepStrictEqual([far.status, far.json.error.details[0].field], [422, "display_order"])
      assert.strictEqual((yield* server.send("DELETE", at(b), owner)).status, 200)
      assert.deepStrictEqual(yield* seen, ["ca", "c"])
      for (const image of [a, c]) assert.strictEqual((yield* server.send("DELETE", at(image), owner)).status, 200)
      assert.deepStrictEqual(yield* seen, ["", ""])
      assert.strictEqual((yield* server.send("DELETE", at(a), owner)).json.error.code, "IMAGE_NOT_FOUND")
    })
  )

  it.effect("are let go of with their objects, by themselves and with their product", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const product = yield* addProduct(owner)
      const before = yield* everything
      const [one, two] = [yield* added(owner, product), yield* added(owner, product)]
      assert.strictEqual((yield* everything).objects, before.objects + 6)
      yield* server.send("DELETE", `/api/v1/products/${product.id}/images/${one.id}`, owner)
      assert.strictEqual((yield* everything).objects, before.objects + 3)
      assert.isString(two.id)
      assert.strictEqual((yield* server.send("DELETE", `/api/v1/products/${product.id}`, owner)).status, 200)
      assert.deepStrictEqual(yield* everything, before)
    })
  )

  it.effect("are no archived product's, whoever archives it", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const owner = yield* seller
      const product = yield* addProduct(owner)
      yield* added(owner, product)
      const refused = yield* Effect.flip(sql`UPDATE products SET status = 'archived' WHERE id = ${product.id}`)
      assert.include(String(refused.reason.cause), "products_archived_picture")
    })
  )

  it.effect("are copied by orders, which show them when their product does not any more", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const product = yield* addProduct(owner)
      const image = yield* added(owner, product)
      const customer = yield* buyer
      yield* server.post("/api/v1/cart/items", { product_id: product.id }, customer)
      const { json } = yield* server.get("/api/v1/cart", customer)
      assert.strictEqual(json.data.items[0].product_image, image.image_url)
      const placed = yield* order([{ product_id: product.id, quantity: 1 }], customer)
      assert.strictEqual(placed.items[0].product_image, image.image_url)
      yield* server.send("DELETE", `/api/v1/products/${product.id}/images/${image.id}`, owner)
      const read = yield* server.get(`/api/v1/orders/${placed.id}`, customer)
      assert.strictEqual(read.json.data.items[0].product_image, image.image_url)
      assert.isAbove((yield* stored(image.image_url)).length, 0)
    })
  )

  it.effect("of a variant are what an order of it shows", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const product = yield* addProduct(owner)
      const [first, second] = [yield* added(owner, product), yield* added(owner, product)]
      const variants = [{ options: { c: "1" } }, { options: { c: "2" }, image_id: second.id }]
      const path = `/api/v1/products/${product.id}/variants`
      const { json } = yield* server.send("PUT", path, { ...owner, body: { variants } })
      const items = json.data.variants.map(({ id }: { id: string }) => ({ sku_id: id, quantity: 1 }))
      const placed = yield* order(items)
      assert.deepStrictEqual(
        placed.items.map(({ product_image }: any) => product_image),
        [first.image_url, second.image_url]
      )
    })
  )

  it.effect("are ten at most, also when two come at once", () =>
    Effect.gen(function* () {
      const owner = yield* seller
      const product = yield* addProduct(owner)
      for (let i = 0; i < 9; i++) yield* added(owner, product)
      const before = yield* everything
      const answers = yield* Effect.forEach([1, 2], () => add(owner, product), { concurrency: "unbounded" })
      assert.deepStrictEqual(answers.map(({ status }) => status).sort(), [201, 409])
      const refused = answers.find(({ status }) => status === 409)
      assert.strictEqual(refused?.json.error.code, "TOO_MANY_IMAGES")
      assert.strictEqual((yield* everything).objects, before.objects + 3)
      assert.strictEqual((yield* shown(product)).images.length, 10)
    })
  )

  it.effect("are their owner's and the administrators' alone, and not a closed shop's", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const [owner, other, boss] = [yield* seller, yield* seller, yield* admin]
      const product = yield* addProduct(owner)
      assert.strictEqual((yield* add(other, product)).status, 404)
      assert.strictEqual((yield* add(owner, { id: absent })).status, 404)
      const image = yield* added(boss, product)
      const at = `/api/v1/products/${product.id}/images/${image.id}`
      assert.strictEqual((yield* server.patch(at, { display_order: 0 }, other)).json.error.code, "PRODUCT_NOT_FOUND")
      const audit = yield* server.get(`/api/v1/admin/audit-log?subject_id=${product.id}`, boss)
      assert.include(
        audit.json.data.map(({ action }: { action: string }) => action),
        "product.image_add"
      )
      yield* server.patch(`/api/v1/admin/users/${owner.id}`, { shop_status: "suspended" }, boss)
      assert.strictEqual((yield* add(owner, product)).json.error.code, "SHOP_CLOSED")
      assert.strictEqual((yield* server.send("DELETE", at, owner)).json.error.code, "SHOP_CLOSED")
    })
  )

  it.effect("of people and shops are squares, replaced and deleted with their objects", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const person = yield* seller
      const before = yield* everything
      const cases = [
        ["/api/v1/users/me/avatar", "avatar_url", "/api/v1/users/me"],
        ["/api/v1/seller/logo", "avatar_url", `/api/v1/sellers/${person.id}`]
      ] as const
      for (const [path, field, read] of cases) {
        const first = yield* server.send("PUT", path, { ...person, ...upload(yield* picture(900, 600)) })
        assert.strictEqual(first.status, 200, first.text)
        const { width, height } = yield* Effect.flatMap(stored(first.json.data[field]), (bytes) =>
          Effect.promise(() => sharp(bytes).metadata())
        )
        assert.deepStrictEqual([width, height], [400, 400])
        const second = yield* server.send("PUT", path, { ...person, ...upload(yield* picture(300, 500)) })
        assert.notStrictEqual(second.json.data[field], first.json.data[field])
        assert.strictEqual((yield* server.get(read, person)).json.data[field], second.json.data[field])
        assert.strictEqual((yield* everything).objects, before.objects + 2)
        for (let i = 0; i < 2; i++) {
          assert.strictEqual((yield* server.send("DELETE", path, person)).json.data[field], null)
        }
        assert.deepStrictEqual(yield* everything, before)
      }
    })
  )

  it.effect("of people who leave go with them", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const departures = yield* Departures
      const sql = yield* SqlClient.SqlClient
      const before = yield* everything
      const person = yield* seller
      yield* added(person, yield* addProduct(person))
      for (const path of ["/api/v1/users/me/avatar", "/api/v1/seller/logo"]) {
        yield* server.send("PUT", path, { ...person, ...upload(yield* picture()) })
      }
      assert.strictEqual((yield* everything).objects, before.objects + 7)
      yield* server.send("DELETE", "/api/v1/users/me", person)
      yield* Effect.orDie(sql`UPDATE users SET delete_after = now() WHERE id = ${person.id}`)
      assert.isTrue(yield* departures.erase({ id: null, name: "operator test" }, person.id))
      assert.deepStrictEqual(yield* everything, before)
    })
  )
})
