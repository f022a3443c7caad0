/** Pictures that are refused, over HTTP: the corpus of RELIABILITY T20 and T21. */
import { createServer } from "node:http"
import { type AddressInfo, connect } from "node:net"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import sharp from "sharp"
import { inject } from "vitest"
import * as DevIssuer from "../../src/layers/DevIssuer.ts"
import { maxPicturesAtOnce } from "../../src/services/media/limits.ts"
import { freshDatabase } from "../support/database.ts"
import { eventually } from "../support/eventually.ts"
import { makeAvif } from "../support/heic.ts"
import { exchange } from "../support/http.ts"
import { returning, risingAbove } from "../support/memory.ts"
import { html, large, mp4, pdf, photo, pngBomb, svg, zip } from "../support/pictures.ts"
import { spawnServer } from "../support/process.ts"
import { add, added, everything, picture, shown, stored } from "../support/productImages.ts"
import { TestServer } from "../support/server.ts"
import { addProduct, seller } from "../support/shop.ts"
import { multipart, upload } from "../support/upload.ts"

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
