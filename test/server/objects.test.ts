/** Pictures and uploads as clients meet them where this server stands in front of the store. */
import { readdirSync } from "node:fs"
import { connect } from "node:net"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Option } from "effect"
import { LocalObjects } from "../../src/services/media/LocalObjects.ts"
import { ObjectStore } from "../../src/services/media/ObjectStore.ts"
import { freshDatabase } from "../support/database.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { eventually } from "../support/eventually.ts"
import { rawGet } from "../support/raw.ts"
import { unusedS3 } from "../support/s3.ts"
import { TestServer } from "../support/server.ts"

class DataDir extends Context.Service<DataDir, string>()("zst/test/DataDir") {}

const Server = Layer.unwrap(
  Effect.map(temporaryDirectory("zst-media-"), (ZST_DATA_DIR) =>
    Layer.merge(TestServer.over(freshDatabase, { ZST_DATA_DIR }), Layer.succeed(DataDir, ZST_DATA_DIR))
  )
)

const png = { content_type: "image/png" }

/** Stores `0123456789` as a PNG: its address. */
const digits = Effect.gen(function* () {
  const { put, publicUrl } = yield* ObjectStore
  const { etag } = yield* put("t/digits.png", Buffer.from("0123456789"), png)
  return { url: publicUrl("t/digits.png"), etag: `"${etag}"` }
})

const allowed = (key: string, size = 7, seconds = 600) =>
  Effect.flatMap(ObjectStore, ({ presignPut }) => presignPut(`uploads/${key}`, { ...png, size, seconds }))

const upload = (url: string, body: string, headers: Record<string, string> = { "content-type": "image/png" }) =>
  Effect.promise(async () => {
    const answer = await fetch(url, { method: "PUT", headers, body })
    const text = await answer.text()
    return { status: answer.status, error: text === "" ? undefined : JSON.parse(text).error }
  })

/** What comes back for exactly these bytes, until the server closes the connection. */
const exchange = (url: string, head: ReadonlyArray<string>, body: string, end = false) =>
  Effect.callback<string>((resume) => {
    const { hostname, port, pathname, search } = new URL(url)
    const socket = connect(Number(port), hostname === "localhost" ? "127.0.0.1" : hostname, () => {
      socket.write(`PUT ${pathname}${search} HTTP/1.1\r\nHost: x\r\n${head.join("\r\n")}\r\n\r\n${body}`)
      if (end) socket.end()
    })
    let answer = ""
    socket.on("data", (chunk) => {
      answer += chunk
    })
    socket.on("error", () => {})
    socket.on("close", () => resume(Effect.succeed(answer)))
  })

const partials = Effect.map(DataDir, (path) => readdirSync(join(path, "objects/@partial")))

layer(Server, { timeout: "60 seconds", excludeTestServices: true })("pictures", (it) => {
  it.effect("are shown with what keeps them for ever, and lets nothing in them run", () =>
    Effect.gen(function* () {
      const { url, etag } = yield* digits
      const { status, headers, body } = yield* rawGet(url, { "accept-encoding": "gzip, br" })
      assert.deepStrictEqual([status, String(body)], [200, "0123456789"])
      assert.deepInclude(headers, {
        etag,
        "content-type": "image/png",
        "content-length": "10",
        "cache-control": "public, max-age=31536000, immutable",
        "accept-ranges": "bytes",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox"
      })
      const head = yield* rawGet(url, {}, "HEAD")
      assert.deepStrictEqual([head.status, head.headers["content-length"], head.body.length], [200, "10", 0])
    })
  )

  it.effect("are not sent again to whoever has them", () =>
    Effect.gen(function* () {
      const { url, etag } = yield* digits
      for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
        const { status, headers, body } = yield* rawGet(url, { "if-none-match": known })
        assert.deepStrictEqual([status, headers.etag, body.length], [304, etag, 0], known)
      }
      assert.strictEqual((yield* rawGet(url, { "if-none-match": '"other"' })).status, 200)
    })
  )

  it.effect("come in parts to whoever asks for one", () =>
    Effect.gen(function* () {
      const { url, etag } = yield* digits
      const parts: ReadonlyArray<readonly [string, string, string]> = [
        ["bytes=0-0", "0", "bytes 0-0/10"],
        ["bytes=2-5", "2345", "bytes 2-5/10"],
        ["bytes=7-", "789", "bytes 7-9/10"],
        ["bytes=-3", "789", "bytes 7-9/10"],
        ["bytes=-300", "0123456789", "bytes 0-9/10"],
        ["bytes=8-4000", "89", "bytes 8-9/10"]
      ]
      for (const [range, content, shown] of parts) {
        const { status, headers, body } = yield* rawGet(url, { range, "if-range": etag })
        assert.deepStrictEqual([status, headers["content-range"], String(body)], [206, shown, content], range)
        assert.strictEqual(headers["content-length"], String(content.length))
      }
      for (const range of ["bytes=10-", "bytes=11-12", "bytes=-0"]) {
        const { status, headers, body } = yield* rawGet(url, { range })
        assert.deepStrictEqual([status, headers["content-range"]], [416, "bytes */10"], range)
        assert.strictEqual(JSON.parse(String(body)).error.code, "RANGE_NOT_SATISFIABLE")
      }
      for (const range of ["bytes=5-2", "bytes=-", "bytes=0-1,4-5", "lines=1-2", "bytes=x"]) {
        assert.strictEqual((yield* rawGet(url, { range })).status, 200, range)
      }
      assert.strictEqual((yield* rawGet(url, { range: "bytes=0-1", "if-range": '"other"' })).status, 200)
    })
  )

  it.effect("are alone what is shown: no upload, and nothing else on the disk", () =>
    Effect.gen(function* () {
      const { put } = yield* ObjectStore
      const { url } = yield* TestServer
      yield* put("uploads/t/raw", Buffer.from("x"), png)
      const paths = ["uploads/t/raw", "t/none.png", "t", "", "../upload-signing.key", "%2e%2e/upload-signing.key"]
      for (const path of [
        ...paths,
        "t/digits.png@object",
        "@partial",
        "t%2Fdigits.png",
        "t/digits.png%00",
        "a".repeat(500)
      ]) {
        const { status, body } = yield* rawGet(`${url}/media/${path}`)
        assert.deepStrictEqual([status, JSON.parse(String(body)).error.code], [404, "NOT_FOUND"], path)
      }
    })
  )
})

layer(Server.pipe(Layer.fresh), { timeout: "60 seconds", excludeTestServices: true })("uploads", (it) => {
  it.effect("are taken at an address that was given out, as often as they are sent", () =>
    Effect.gen(function* () {
      const { head } = yield* ObjectStore
      const { url } = yield* allowed("u/right")
      for (const body of ["picture", "another"]) assert.strictEqual((yield* upload(url, body)).status, 200)
      assert.isTrue(Option.isSome(yield* head("uploads/u/right")))
    })
  )

  it.effect("are refused by name of what is wrong, and leave nothing", () =>
    Effect.gen(function* () {
      const { head } = yield* ObjectStore
      const { url } = yield* allowed("u/wrong")
      const changed = (from: string | RegExp, to: string) => url.replace(from, to)
      const cases: ReadonlyArray<readonly [string, string, string, number, string]> = [
        [url, "picture", "text/html", 422, "UPLOAD_MISMATCH"],
        [url, "pic", "image/png", 422, "UPLOAD_MISMATCH"],
        [url, "picture and more", "image/png", 413, "UPLOAD_TOO_LARGE"],
        [changed("u/wrong", "u/other"), "picture", "image/png", 403, "UPLOAD_NOT_ALLOWED"],
        [changed("size=7", "size=16"), "picture and more", "image/png", 403, "UPLOAD_NOT_ALLOWED"],
        [changed("image%2Fpng", "text%2Fhtml"), "picture", "text/html", 403, "UPLOAD_NOT_ALLOWED"],
        [changed(/expires=\d+/, "expires=9999999999"), "picture", "image/png", 403, "UPLOAD_NOT_ALLOWED"],
        [changed(/&signature=.*/, ""), "picture", "image/png", 403, "UPLOAD_NOT_ALLOWED"],
        [changed("u/wrong", "u/..%2F..%2Fother"), "picture", "image/png", 403, "UPLOAD_NOT_ALLOWED"]
      ]
      for (const [to, body, type, status, code] of cases) {
        const answer = yield* upload(to, body, { "content-type": type })
        assert.deepStrictEqual([answer.status, answer.error.code], [status, code], to)
        if (status === 422) assert.lengthOf(answer.error.details, 1)
      }
      for (const key of ["uploads/u/wrong", "uploads/u/other"]) assert.isTrue(Option.isNone(yield* head(key)))
    })
  )

  it.effect("say their length beforehand, and are no larger than 100 MB", () =>
    Effect.gen(function* () {
      const { url } = yield* allowed("u/length", 200_000_000)
      const type = "Content-Type: image/png"
      const chunked = yield* exchange(url, [type, "Transfer-Encoding: chunked", "Connection: close"], "0\r\n\r\n")
      assert.match(chunked, /^HTTP\/1\.1 411 [\s\S]*UPLOAD_LENGTH_REQUIRED/)
      const huge = yield* exchange(url, [type, "Content-Length: 200000000", "Connection: close"], "")
      assert.match(huge, /^HTTP\/1\.1 413 [\s\S]*BODY_TOO_LARGE/)
    })
  )

  it.effect("leave nothing when the client goes away in the middle", () =>
    Effect.gen(function* () {
      const { head } = yield* ObjectStore
      const { url } = yield* allowed("u/cut", 1_000_000)
      yield* exchange(url, ["Content-Type: image/png", "Content-Length: 1000000"], "x".repeat(500_000), true)
      yield* eventually(partials, (names) => names.length === 0)
      assert.isTrue(Option.isNone(yield* head("uploads/u/cut")))
    })
  )

  it.effect("whose last byte comes when the address is dead leave nothing: nobody would remove it", () =>
    Effect.gen(function* () {
      const { head } = yield* ObjectStore
      for (const [key, seconds, status] of [
        ["u/late", 2, 403],
        ["u/slow", 600, 200]
      ] as const) {
        const { url, expires_at } = yield* allowed(key, 7, seconds)
        const { hostname, port, pathname, search } = new URL(url)
        const socket = connect(Number(port), hostname === "localhost" ? "127.0.0.1" : hostname)
        socket.write(`PUT ${pathname}${search} HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 7\r\n`)
        socket.write("Connection: close\r\n\r\npic")
        yield* eventually(partials, (names) => names.length === 1)
        if (status === 200) {
          // Sent again while the first time has not ended, and no more often.
          const again = connect(Number(port), hostname === "localhost" ? "127.0.0.1" : hostname)
          again.write(
            `PUT ${pathname}${search} HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 7\r\n\r\npi`
          )
          yield* eventually(partials, (names) => names.length === 2)
          assert.strictEqual((yield* upload(url, "picture")).status, 503)
          again.destroy()
          yield* eventually(partials, (names) => names.length === 1)
          assert.strictEqual((yield* upload(url, "picture")).status, 200)
        }
        if (status === 403)
          yield* eventually(
            Effect.sync(() => Date.now() >= Number(expires_at)),
            (isOver) => isOver
          )
        socket.write("ture")
        const answer = yield* Effect.promise(() => text(socket))
        assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), key)
        if (status === 403) assert.include(answer, "UPLOAD_EXPIRED")
        assert.deepStrictEqual(yield* partials, [])
        assert.strictEqual(Option.isSome(yield* head(`uploads/${key}`)), status === 200, key)
      }
    })
  )

  it.effect("of 60 MB are streamed to the disk", () =>
    Effect.gen(function* () {
      const { get } = yield* ObjectStore
      const size = 60_000_000
      const { url } = yield* allowed("u/film", size)
      assert.strictEqual((yield* upload(url, "x".repeat(size))).status, 200)
      assert.strictEqual(Option.getOrUndefined(yield* get("uploads/u/film"))?.size, size)
    })
  )
})

layer(TestServer.over(freshDatabase, unusedS3).pipe(Layer.fresh))(
  "with a store that has addresses of its own",
  (it) => {
    it.effect("this server shows no objects and takes none in", () =>
      Effect.gen(function* () {
        const { get, send } = yield* TestServer
        assert.isFalse((yield* LocalObjects).isServedHere)
        assert.strictEqual((yield* ObjectStore).publicUrl("a/b.webp"), "https://media.example.dz/a/b.webp")
        assert.strictEqual((yield* get("/media/a/b.webp")).status, 404)
        assert.strictEqual((yield* send("PUT", "/uploads/a", { raw: "x" })).status, 404)
      })
    )
  }
)
