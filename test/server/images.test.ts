/** Pictures over HTTP: products, people and shops. The corpus of what is refused is RELIABILITY T20 and T21. */
import { readdir } from "node:fs/promises"
import { createServer } from "node:http"
import { type AddressInfo, connect } from "node:net"
import { tmpdir } from "node:os"
import { assert, layer } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import sharp from "sharp"
import { inject } from "vitest"
import * as DevIssuer from "../../src/layers/DevIssuer.ts"
import { Departures } from "../../src/services/accounts/Departures.ts"
import { maxPicturesAtOnce } from "../../src/services/media/limits.ts"
import { ObjectStore } from "../../src/services/media/ObjectStore.ts"
import { freshDatabase } from "../support/database.ts"
import { eventually } from "../support/eventually.ts"
import { makeAvif, makeHeic } from "../support/heic.ts"
import { exchange } from "../support/http.ts"
import { returning, risingAbove } from "../support/memory.ts"
import { html, jpeg, large, mp4, pdf, photo, pngBomb, svg, zip } from "../support/pictures.ts"
import { spawnServer } from "../support/process.ts"
import { removalsDone } from "../support/removals.ts"
import { type Person, TestServer } from "../support/server.ts"
import { absent, addProduct, admin, buyer, order, seller } from "../support/shop.ts"
import { multipart, type Part, upload } from "../support/upload.ts"

const picture = (width = 120, height = 80) => Effect.promise(() => jpeg(width, height))

const add = Effect.fnUntraced(function* (owner: Person, product: { readonly id: string }, bytes?: Uint8Array) {
  const server = yield* TestServer
  return yield* server.send("POST", `/api/v1/products/${product.id}/images`, {
    ...owner,
    ...upload(bytes ?? (yield* picture()))
  })
})

const added = Effect.fnUntraced(function* (owner: Person, product: { readonly id: string }) {
  const answer = yield* add(owner, product)
  assert.strictEqual(answer.status, 201, answer.text)
  return answer.json.data
})

const shown = Effect.fnUntraced(function* (product: { readonly id: string }) {
  const { json } = yield* (yield* TestServer).get(`/api/v1/products/${product.id}`)
  return json.data
})

const keyOf = (url: string) => url.slice(url.indexOf("images/"))

/** An object's bytes, as the store has them. */
const stored = Effect.fnUntraced(function* (url: string) {
  const store = yield* ObjectStore
  const object = yield* Effect.flatMap(store.get(keyOf(url)), (found) => Effect.fromOption(found))
  assert.strictEqual(object.content_type, "image/webp")
  return Buffer.concat(yield* Stream.runCollect(object.body))
}, Effect.orDie)

/** What is in the store, in the tables and among the temporary files. */
const everything = Effect.gen(function* () {
  yield* removalsDone
  const sql = yield* SqlClient.SqlClient
  const store = yield* ObjectStore
  const [rows] = yield* sql`
    SELECT (SELECT count(*) FROM media)::int AS media, (SELECT count(*) FROM product_images)::int AS images`
  const objects = yield* Stream.runCount(store.list("images/"))
  const temporary = (yield* Effect.promise(() => readdir(tmpdir()))).filter((name) =>
    name.startsWith(`zst-upload-${process.pid}-`)
  )
  return { ...rows, objects, temporary: temporary.length }
}).pipe(Effect.orDie)

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

layer(TestServer.layer)("what is refused", (it) => {
  const refusals = Effect.gen(function* () {
    const whole = yield* Effect.promise(() => photo(600, 400).jpeg().toBuffer())
    const png = yield* Effect.promise(() => photo(300, 200).png().toBuffer())
    const gif = yield* Effect.promise(() => sharp(png).gif().toBuffer())
    const tiff = yield* Effect.promise(() => sharp(png).tiff().toBuffer())
    const avif = yield* Effect.promise(() =>
      makeAvif({ width: 4096, height: 4096, columns: 15, rows: 15, claims: [64, 64] })
    )
    return [
      ["an AVIF of 225 huge tiles", avif, 422, "IMAGE_UNREADABLE", "too long"],
      ["a PNG bomb", pngBomb(20_000, 20_000), 422, "IMAGE_TOO_LARGE", "20000 × 20000"],
      ["41 megapixels", pngBomb(8200, 5000), 422, "IMAGE_TOO_LARGE", "40 megapixels"],
      ["an SVG drawing", svg(), 415, "IMAGE_FORMAT_UNSUPPORTED", "SVG"],
      ["HTML named .jpg", html, 415, "IMAGE_FORMAT_UNSUPPORTED", "HTML"],
      ["a zip", zip, 415, "IMAGE_FORMAT_UNSUPPORTED", "zip"],
      ["a PDF", pdf, 415, "IMAGE_FORMAT_UNSUPPORTED", "PDF"],
      ["a GIF", gif, 415, "IMAGE_FORMAT_UNSUPPORTED", "GIF"],
      ["a TIFF", tiff, 415, "IMAGE_FORMAT_UNSUPPORTED", "TIFF"],
      ["a video", mp4, 415, "IMAGE_FORMAT_UNSUPPORTED", "video"],
      ["an empty file", "", 415, "IMAGE_FORMAT_UNSUPPORTED", "empty"],
      ["a truncated JPEG", whole.subarray(0, whole.length / 2), 422, "IMAGE_UNREADABLE", "damaged"],
      ["a truncated PNG", png.subarray(0, png.length / 2), 422, "IMAGE_UNREADABLE", "damaged"],
      ["a JPEG of three bytes", Buffer.from([0xff, 0xd8, 0xff]), 422, "IMAGE_UNREADABLE", "damaged"],
      [
        "SVG behind a PNG's first bytes",
        Buffer.concat([png.subarray(0, 8), Buffer.from(svg())]),
        422,
        "IMAGE_UNREADABLE",
        "damaged"
      ],
      ["41 MB", Buffer.concat([whole, Buffer.alloc(41_000_000)]), 413, "FILE_TOO_LARGE", "40 MB"]
    ] as const
  })

  it.effect("is refused with its reason, and leaves nothing behind", () =>
    Effect.gen(function* () {
      const owner = yield* seller
      const product = yield* addProduct(owner)
      yield* added(owner, product)
      const server = yield* TestServer
      const before = yield* everything
      for (const [what, bytes, status, code, reason] of yield* refusals) {
        for (const type of ["image/jpeg", "text/plain"]) {
          const answer = yield* server.send("POST", `/api/v1/products/${product.id}/images`, {
            ...owner,
            ...upload(bytes, { type, filename: "photo.jpg" })
          })
          assert.deepStrictEqual([answer.status, answer.json.error.code], [status, code], `${what}: ${answer.text}`)
          assert.include(answer.json.error.message, reason, what)
          assert.strictEqual(answer.json.error.details[0].field, "file", what)
        }
      }
      assert.deepStrictEqual(yield* everything, before)
    })
  )

  it.effect("is not held by the server, whatever there is of it", () =>
    Effect.gen(function* () {
      const server = yield* spawnServer(yield* freshDatabase, { ...returning, NODE_ENV: "test" })
      const issuer = yield* DevIssuer.load(inject("dataDir"))
      const [one, other] = yield* Effect.forEach(["heavy", "heavier"], (name) =>
        TestClock.withLive(issuer.sign({ sub: `user_test_${name}`, name: `Test ${name}` }))
      )
      const put = (bytes: Uint8Array | string, token = one) =>
        Effect.promise(async () => {
          const { raw, headers } = upload(bytes)
          const sent = { ...headers, authorization: `Bearer ${token}` }
          return (await exchange("PUT", `${server.url}/api/v1/users/me/avatar`, sent, raw)).status
        })
      assert.strictEqual(yield* put(yield* picture()), 200)
      const rise = risingAbove(server.child.pid ?? 0)
      const all = yield* refusals
      const sent = all.map(([, bytes, status]) => Effect.map(put(bytes), (answered) => [answered, status] as const))
      for (const [answered, status] of yield* Effect.all(sent)) assert.strictEqual(answered, status)
      const [, huge] = all.find(([what]) => what === "41 MB") ?? all[0]
      const statuses = yield* Effect.all(
        Array.from({ length: 12 }, (_, n) => put(huge, n % 2 === 0 ? one : other)),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(new Set(statuses), new Set([413]))

      assert.isBelow(rise(), 200)
    })
  )

  it.effect("of a polyglot is everything but its picture", () =>
    Effect.gen(function* () {
      const owner = yield* seller
      const product = yield* addProduct(owner)
      const image = yield* picture()
      for (const [tail, mark] of [
        [Buffer.from(html), "<script>"],
        [zip, "PK\x03\x04"]
      ] as const) {
        const answer = yield* add(owner, product, Buffer.concat([image, tail]))
        assert.strictEqual(answer.status, 201, answer.text)
        for (const url of [answer.json.data.image_url, answer.json.data.thumbnail_url]) {
          assert.notInclude((yield* stored(url)).toString("latin1"), mark)
        }
      }
    })
  )

  it.effect("is no name and no type: ../ leads nowhere, and a picture called anything is one", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const product = yield* addProduct(owner)
      const bytes = yield* picture()
      const before = yield* everything
      const names = ["../../../../etc/passwd", "..\\..\\x.jpg", "a\0b.jpg", "é".repeat(400), "/", "..", "x.exe", ""]
      for (const filename of names) {
        const { status, text } = yield* server.send("PUT", "/api/v1/users/me/avatar", {
          ...owner,
          ...upload(bytes, { filename, type: "application/x-sh" })
        })
        assert.include([200, 400, 422], status, `${filename}: ${text}`)
      }
      yield* server.send("DELETE", "/api/v1/users/me/avatar", owner)
      assert.deepStrictEqual(yield* everything, before)
      assert.strictEqual((yield* shown(product)).images.length, 0)
    })
  )

  it.effect("is a body that is no form with one file, naming the field", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const product = yield* addProduct(owner)
      const path = `/api/v1/products/${product.id}/images`
      const bytes = yield* picture()
      const good = upload(bytes)
      const before = yield* everything
      const send = (options: object) => server.send("POST", path, { ...owner, ...options })
      const cases = [
        [yield* send(multipart({ name: "picture", filename: "a.jpg", bytes })), 422, "VALIDATION_FAILED"],
        [yield* send(multipart({ type: "text/plain", bytes: "a.jpg" })), 422, "VALIDATION_FAILED"],
        [yield* send(multipart()), 422, "VALIDATION_FAILED"],
        [yield* send(multipart({ filename: "a", bytes }, { filename: "b", bytes })), 422, "VALIDATION_FAILED"],
        [yield* send({ body: { file: "photo.jpg" } }), 415, "UNSUPPORTED_MEDIA_TYPE"],
        [yield* send({ raw: bytes, headers: { "content-type": "image/jpeg" } }), 415, "UNSUPPORTED_MEDIA_TYPE"],
        [yield* send({}), 415, "UNSUPPORTED_MEDIA_TYPE"],
        [yield* send({ ...good, headers: { "content-type": "multipart/form-data" } }), 400, "UPLOAD_MALFORMED"],
        [yield* send({ ...good, raw: good.raw.subarray(0, 300) }), 400, "UPLOAD_MALFORMED"]
      ] as const
      for (const [i, [answer, status, code]] of cases.entries()) {
        assert.deepStrictEqual([answer.status, answer.json?.error.code], [status, code], `${i}: ${answer.text}`)
        if (status === 422) assert.strictEqual(answer.json.error.details[0].field, "file")
      }
      const elsewhere = yield* server.send("POST", "/api/v1/products", { ...owner, ...good })
      assert.deepStrictEqual([elsewhere.status, elsewhere.json.error.code], [415, "UNSUPPORTED_MEDIA_TYPE"])
      assert.deepStrictEqual(yield* everything, before)
    })
  )

  it.effect("is an upload that breaks off, and nothing of it stays", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const product = yield* addProduct(owner)
      const before = yield* everything
      const until = (isSo: (now: typeof before) => boolean) => eventually(everything, isSo)
      const { raw, headers } = upload(Buffer.alloc(2_000_000, yield* picture()))
      const socket = connect(Number(new URL(server.url).port), "127.0.0.1")
      socket.write(
        `POST /api/v1/products/${product.id}/images HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${owner.token}\r\n` +
          `content-type: ${headers["content-type"]}\r\ncontent-length: ${raw.length}\r\n\r\n`
      )
      socket.write(raw.subarray(0, raw.length / 2))
      yield* until(({ temporary }) => temporary > before.temporary)
      socket.destroy()
      yield* until(({ temporary }) => temporary === before.temporary)
      assert.deepStrictEqual(yield* everything, before)
    })
  )

  it.effect("of addresses inside a picture is every one: nothing asks for them (T20)", () =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      const canary = yield* Effect.acquireRelease(
        Effect.callback<ReturnType<typeof createServer>>((resume) => {
          const server = createServer((request, response) => {
            asked.push(request.url ?? "")
            response.end()
          })
          server.on("connection", () => asked.push("connection"))
          server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.sync(() => server.close())
      )
      const url = `http://127.0.0.1:${(canary.address() as AddressInfo).port}/`
      const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="${url}rdf"><a href="${url}a"/></rdf:RDF></x:xmpmeta>`
      const owner = yield* seller
      const product = yield* addProduct(owner)
      const entity = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "${url}e">]><svg>&x;</svg>`
      const files = [
        svg(`${url}image.png`),
        entity,
        yield* Effect.promise(() => photo(100, 100).jpeg().withXmp(xmp).toBuffer()),
        yield* Effect.promise(() => photo(100, 100).png().withXmp(xmp).toBuffer())
      ]
      const statuses = yield* Effect.forEach(files, (bytes) =>
        Effect.map(add(owner, product, Buffer.from(bytes)), ({ status }) => status)
      )
      assert.deepStrictEqual(statuses, [415, 415, 201, 201])
      assert.deepStrictEqual(asked, [])
    })
  )

  it.effect("is nothing of eight large pictures of four sellers at once", () =>
    Effect.gen(function* () {
      const bytes = yield* Effect.promise(() => large(6000, 4000).withMetadata({ orientation: 6 }).toBuffer())
      const shops = yield* Effect.forEach(
        [1, 2, 3, 4],
        Effect.fnUntraced(function* () {
          const owner = yield* seller
          return { owner, product: yield* addProduct(owner) }
        })
      )
      const uploads = [...shops, ...shops].map(({ owner, product }) => add(owner, product, bytes))
      const answers = yield* Effect.all(uploads, { concurrency: "unbounded" })
      assert.deepStrictEqual(new Set(answers.map(({ status }) => status)), new Set([201]))
      for (const { product } of shops) {
        const { images } = yield* shown(product)
        assert.deepStrictEqual(
          images.map(({ display_order }: { display_order: number }) => display_order),
          [0, 1]
        )
        const { width, height } = yield* Effect.flatMap(stored(images[0].image_url), (image) =>
          Effect.promise(() => sharp(image).metadata())
        )
        assert.deepStrictEqual([width, height], [720, 1080])
      }
    })
  )

  it.effect("is a seller's seventh picture at a time, wherever it is to be shown, and told when to come again", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const product = yield* addProduct(owner)
      const bytes = yield* Effect.promise(() => makeAvif({ width: 512, height: 512, columns: 5, rows: 5 }))
      const sent = { ...owner, ...upload(bytes) }
      const before = yield* everything
      const answers = yield* Effect.all(
        [
          ...Array.from({ length: maxPicturesAtOnce }, () => add(owner, product, bytes)),
          server.send("PUT", "/api/v1/users/me/avatar", sent),
          server.send("PUT", "/api/v1/seller/logo", sent)
        ],
        { concurrency: "unbounded" }
      )
      const refused = answers.filter(({ status }) => status === 503)
      assert.lengthOf(refused, 2)
      for (const { headers, json } of refused) {
        assert.deepStrictEqual([headers.get("retry-after"), json.error.code], ["5", "UNAVAILABLE"])
      }
      assert.isAbove((yield* everything).objects, before.objects)
      assert.strictEqual((yield* server.send("PUT", "/api/v1/seller/logo", sent)).status, 200)
    })
  )
})
