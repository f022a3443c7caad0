/** What every object store does, shown of both. */
import { randomBytes } from "node:crypto"
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { Cause, Clock, Context, Deferred, Effect, Exit, Fiber, Layer, Option, Stream } from "effect"
import * as S3Objects from "../../src/layers/S3Objects.ts"
import { ObjectStore, type StoredObject } from "../../src/services/media/ObjectStore.ts"
import { freshDatabase } from "../support/database.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { collectionsDuring, heldMemory } from "../support/memory.ts"
import { bucket, s3Server } from "../support/s3.ts"
import { TestServer } from "../support/server.ts"

/** The files of a store, wherever it keeps them: what it has left behind is seen there. */
class Traces extends Context.Service<Traces, { readonly unfinished: () => ReadonlyArray<string> }>()(
  "zst/test/Traces"
) {}

/** Behind a real server, which takes its presigned uploads in. */
const Disk = Layer.unwrap(
  Effect.map(temporaryDirectory("zst-objects-"), (ZST_DATA_DIR) =>
    Layer.merge(
      TestServer.over(freshDatabase, { ZST_DATA_DIR }),
      Layer.succeed(Traces, { unfinished: () => filesIn(join(ZST_DATA_DIR, "objects", "@partial")) })
    )
  )
)

const S3 = Layer.unwrap(
  Effect.map(s3Server, ({ directory, settings }) =>
    Layer.merge(
      S3Objects.layer(settings),
      Layer.succeed(Traces, { unfinished: () => filesIn(join(directory, bucket, "._S3rver_uploads")) })
    )
  )
)

const filesIn = (path: string) => (existsSync(path) ? readdirSync(path) : [])

const contentOf = ({ body }: StoredObject) =>
  Effect.map(Stream.runCollect(body), (chunks) => Buffer.concat([...chunks]))

const found = <A>(option: Option.Option<A>) => Effect.orDie(Effect.fromOption(option))

const png = { content_type: "image/png" }
const megabyte = randomBytes(1_000_000)
/** So many megabytes, made as they are asked for. */
const megabytes = (count: number) => Stream.range(1, count).pipe(Stream.map(() => megabyte))

const put = (url: string, headers: Record<string, string>, body: string, method = "PUT") =>
  Effect.promise(async () => {
    const { "content-length": _, ...others } = headers
    const answer = await fetch(url, { method, headers: others, body })
    await answer.arrayBuffer()
    return answer.status
  })

/** `isExact`: s3rver keeps neither S3's order of keys nor its promise that a write is seen whole or not at all. */
const stores = [
  { where: "on disk", store: Disk, isExact: true },
  { where: "in S3", store: S3, isExact: false }
]

for (const { where, store, isExact } of stores) {
  layer(store, { timeout: "60 seconds", excludeTestServices: true })(`the object store ${where}`, (it) => {
    it.effect("gives back what was put, with its type, size and tag", () =>
      Effect.gen(function* () {
        const { put, get, head } = yield* ObjectStore
        const bytes = randomBytes(70_000)
        const written = yield* put("a/picture.png", bytes, png)
        assert.deepInclude(written, { key: "a/picture.png", size: 70_000, ...png })
        const seen = yield* found(yield* head("a/picture.png"))
        assert.deepInclude(seen, { key: "a/picture.png", size: 70_000, etag: written.etag, ...png })
        const object = yield* found(yield* get("a/picture.png"))
        assert.isUndefined(object.range)
        assert.strictEqual(object.etag, written.etag)
        assert.isTrue((yield* contentOf(object)).equals(bytes))
      })
    )

    it.effect("keeps an object of no bytes, and one beside a folder of its name", () =>
      Effect.gen(function* () {
        const { put, get } = yield* ObjectStore
        yield* put("b/empty", new Uint8Array(), png)
        yield* put("b/empty/below", Buffer.from("below"), png)
        const empty = yield* found(yield* get("b/empty"))
        assert.deepStrictEqual([empty.size, (yield* contentOf(empty)).length], [0, 0])
        assert.strictEqual(String(yield* contentOf(yield* found(yield* get("b/empty/below")))), "below")
      })
    )

    it.effect("has nothing under a key that was never written", () =>
      Effect.gen(function* () {
        const { get, head, remove } = yield* ObjectStore
        for (const key of ["c/nothing", "c/nothing/at/all"]) {
          assert.isTrue(Option.isNone(yield* head(key)))
          assert.isTrue(Option.isNone(yield* get(key)))
        }
        yield* remove(["c/nothing", "c/other"])
        yield* remove([])
      })
    )

    it.effect("gives parts, and none that begins past the end", () =>
      Effect.gen(function* () {
        const { put, get } = yield* ObjectStore
        yield* put("d/digits", Buffer.from("0123456789"), png)
        const part = Effect.fnUntraced(function* (start: number, end: number) {
          const object = yield* get("d/digits", { start, end })
          return Option.isNone(object) ? undefined : [object.value.range, String(yield* contentOf(object.value))]
        })
        assert.deepStrictEqual(yield* part(1, 1), [{ start: 1, end: 1 }, "1"])
        assert.deepStrictEqual(yield* part(3, 5), [{ start: 3, end: 5 }, "345"])
        assert.deepStrictEqual(yield* part(8, 99), [{ start: 8, end: 9 }, "89"])
        assert.isUndefined(yield* part(10, 12))
        assert.isUndefined(yield* part(5, 4))
      })
    )

    it.effect("copies under another key and type, and removes what is there", () =>
      Effect.gen(function* () {
        const { put, get, head, copy, remove } = yield* ObjectStore
        yield* put("uploads/e/raw", Buffer.from("picture"), { content_type: "application/octet-stream" })
        const copied = yield* copy("uploads/e/raw", "e/clean.webp", { content_type: "image/webp" })
        assert.deepInclude(copied, { key: "e/clean.webp", size: 7, content_type: "image/webp" })
        yield* remove(["uploads/e/raw", "uploads/e/never"])
        assert.isTrue(Option.isNone(yield* head("uploads/e/raw")))
        const object = yield* found(yield* get("e/clean.webp"))
        assert.strictEqual(object.content_type, "image/webp")
        assert.strictEqual(String(yield* contentOf(object)), "picture")
        const exit = yield* Effect.exit(copy("e/absent", "e/nothing", png))
        assert.isTrue(Exit.isFailure(exit))
        assert.isTrue(Option.isNone(yield* head("e/nothing")))
      })
    )

    it.effect("lists by prefix, in the order of keys", () =>
      Effect.gen(function* () {
        const { put, list, remove } = yield* ObjectStore
        const keys = ["f/a", "f/a-b", "f/a.b", "f/a/c", "f/a/c/d", "f/ab", "f/b/1.webp", "g"]
        yield* Effect.forEach([...keys].reverse(), (key) => put(key, Buffer.from(key), png))
        const listed = (prefix: string) =>
          Effect.map(Stream.runCollect(list(prefix)), (all) => {
            const names = [...all].map(({ key }) => key)
            return isExact ? names : names.sort()
          })
        assert.deepStrictEqual(yield* listed("f/"), keys.slice(0, -1))
        assert.deepStrictEqual(yield* listed("f/a"), keys.slice(0, 6))
        assert.deepStrictEqual(yield* listed("f/b/"), ["f/b/1.webp"])
        assert.deepStrictEqual(yield* listed("f/none/"), [])
        assert.includeMembers(yield* listed(""), keys)
        const [first] = yield* Stream.runCollect(list("f/b/1"))
        assert.deepInclude(first, { key: "f/b/1.webp", size: 10 })
        yield* remove(keys)
        assert.deepStrictEqual(yield* listed("f/"), [])
      })
    )

    it.effect("lists and removes more than a page of them", () =>
      Effect.gen(function* () {
        const { put, list, remove } = yield* ObjectStore
        const keys = Array.from({ length: 1010 }, (_, i) => `many/${String(i).padStart(4, "0")}`)
        yield* put("many/other", Buffer.from("x"), png)
        yield* Effect.forEach(keys, (key) => put(key, Buffer.from("x"), png), { concurrency: 16, discard: true })
        const listed = Effect.map(Stream.runCollect(list("many/")), (all) => [...all].map(({ key }) => key))
        assert.deepStrictEqual(yield* listed, [...keys, "many/other"])
        yield* remove(keys)
        assert.deepStrictEqual(yield* listed, ["many/other"])
      })
    )

    it.effect("has collected what goes through it, in and out, every four megabytes", () =>
      Effect.gen(function* () {
        const { put, get, remove } = yield* ObjectStore
        assert.isAtLeast(yield* collectionsDuring(put("h/passes", megabytes(20), png)), 4)
        const object = yield* found(yield* get("h/passes"))
        assert.isAtLeast(yield* collectionsDuring(Stream.runDrain(object.body)), 4)
        yield* remove(["h/passes"])
      })
    )

    it.effect("takes a stream of 60 MB in, and gives it back, without holding it", () =>
      Effect.gen(function* () {
        const { put, get, remove } = yield* ObjectStore
        yield* put("warm", megabytes(20), png)
        const before = heldMemory()
        let peak = 0
        let calls = 0
        const see = () => {
          if (calls++ % 6 === 0) peak = Math.max(peak, heldMemory())
        }
        const watched = Stream.tap(megabytes(60), () => Effect.sync(see))
        const written = yield* put("h/film.mp4", watched, { content_type: "video/mp4" })
        assert.strictEqual(written.size, 60_000_000)
        const object = yield* found(yield* get("h/film.mp4", { start: 1, end: 59_999_999 }))
        let length = 0
        let isSame = true
        yield* Stream.runForEach(object.body, (chunk) =>
          Effect.sync(() => {
            const at = (length + 1) % megabyte.length
            const rest = megabyte.subarray(at, at + chunk.length)
            isSame &&= Buffer.from(chunk.subarray(0, rest.length)).equals(rest)
            if (Math.floor(length / 1_000_000) < Math.floor((length + chunk.length) / 1_000_000)) see()
            length += chunk.length
          })
        )
        assert.deepStrictEqual([length, isSame], [59_999_999, true])
        assert.isBelow(peak - before, 24_000_000)
        yield* remove(["warm", "h/film.mp4"])
      })
    )

    it.effect("tags the same bytes alike, however they come", () =>
      Effect.gen(function* () {
        const { put } = yield* ObjectStore
        const bytes = Buffer.concat(Array.from({ length: 9 }, () => megabyte))
        const whole = yield* put("i/big", bytes, png)
        const streamed = yield* put("i/big", megabytes(9), png)
        assert.deepStrictEqual([streamed.etag, streamed.size], [whole.etag, whole.size])
        const small = yield* put("i/small", Buffer.from("abc"), png)
        const pieces = yield* put("i/small", Stream.make(Buffer.from("a"), Buffer.from("bc")), png)
        assert.strictEqual(pieces.etag, small.etag)
      })
    )

    it.effect("leaves nothing of a write that is interrupted or whose source fails, and keeps what was there", () =>
      Effect.gen(function* () {
        const { put, head, get } = yield* ObjectStore
        const { unfinished } = yield* Traces
        yield* put("j/kept", Buffer.from("first"), png)
        for (const key of ["j/cut", "j/kept"]) {
          const reached = yield* Deferred.make<void>()
          const endless = Stream.concat(
            megabytes(18),
            Stream.fromEffect(Effect.andThen(Deferred.succeed(reached, undefined), Effect.never))
          )
          const writing = yield* Effect.forkChild(put(key, endless, png))
          yield* Deferred.await(reached)
          assert.lengthOf(unfinished(), 1)
          yield* Fiber.interrupt(writing)
          assert.lengthOf(unfinished(), 0)
          const failing = Stream.concat(megabytes(18), Stream.die("the source failed"))
          assert.isTrue(Exit.isFailure(yield* Effect.exit(put(key, failing, png))))
          assert.lengthOf(unfinished(), 0)
        }
        assert.isTrue(Option.isNone(yield* head("j/cut")))
        assert.strictEqual(String(yield* contentOf(yield* found(yield* get("j/kept")))), "first")
      })
    )

    it.effect("decides between writes of one key at once: one of them is there, whole", () =>
      Effect.gen(function* () {
        const { put, get } = yield* ObjectStore
        const bodies = Array.from({ length: 8 }, (_, i) => Buffer.alloc(300_000 + i, String(i)))
        const types = bodies.map((_, i) => `image/x-${i}`)
        yield* Effect.forEach(bodies, (body, i) => put("k/same", body, { content_type: types[i] ?? "" }), {
          concurrency: "unbounded"
        })
        const object = yield* found(yield* get("k/same"))
        const content = yield* contentOf(object)
        const winner = Number(String.fromCharCode(content[0] ?? 0))
        if (!isExact) return assert.include(types, object.content_type)
        assert.isTrue(content.equals(bodies[winner] ?? Buffer.alloc(0)))
        assert.strictEqual(object.content_type, types[winner])
      })
    )

    it.effect("takes keys alone that are keys", () =>
      Effect.gen(function* () {
        const { put, get, head, copy, remove, list, presignPut } = yield* ObjectStore
        const long = "a".repeat(201)
        const wrong = ["", "/etc/passwd", "..", "../x", "a/../b", "a/./b", "a//b", "a/", ".hidden", "a/b.", "A", "a b"]
        for (const key of [...wrong, "a\0b", "a\\b", "a%2fb", "é", "a@object", "@partial/x", "a\n", long]) {
          const attempts: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
            put(key, Buffer.from("x"), png),
            get(key),
            head(key),
            copy(key, "ok", png),
            copy("ok", key, png),
            remove([key]),
            presignPut(`uploads/${key}`, { ...png, size: 1, seconds: 60 })
          ]
          for (const attempt of attempts) {
            const exit = yield* Effect.exit(attempt)
            assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause), JSON.stringify(key))
          }
        }
        for (const prefix of ["..", "../", "/", "a/../", "a//"]) {
          assert.isTrue(Exit.isFailure(yield* Effect.exit(Stream.runCollect(list(prefix)))), prefix)
        }
        for (const options of [
          { size: 1, seconds: 601 },
          { size: -1, seconds: 60 }
        ]) {
          assert.isTrue(Exit.isFailure(yield* Effect.exit(presignPut("uploads/a", { ...png, ...options }))))
        }
        assert.isTrue(Exit.isFailure(yield* Effect.exit(presignPut("media/a", { ...png, size: 1, seconds: 60 }))))
      })
    )

    it.effect("lets whoever has a presigned address write what it names, until it expires", () =>
      Effect.gen(function* () {
        const { presignPut, get, head } = yield* ObjectStore
        const allow = (key: string, seconds = 60) => presignPut(key, { ...png, size: 7, seconds })
        const right = yield* allow("uploads/l/right")
        assert.deepStrictEqual(right.headers, { "content-type": "image/png", "content-length": "7" })
        assert.approximately(right.expires_at.getTime(), Date.now() + 60_000, 5000)
        assert.strictEqual(yield* put(right.url, right.headers, "picture"), 200)
        const object = yield* found(yield* get("uploads/l/right"))
        assert.deepStrictEqual([object.content_type, String(yield* contentOf(object))], ["image/png", "picture"])

        const wrong = yield* allow("uploads/l/wrong")
        const other = { ...wrong.headers, "content-type": "text/html" }
        const elsewhere = wrong.url.replace("l/wrong", "l/other")
        const forged = wrong.url.replace(/(?<=ignature=)./, (first) => (first === "_" ? "-" : "_"))
        const statuses = [
          yield* put(wrong.url, other, "picture"),
          yield* put(wrong.url, wrong.headers, "larger picture"),
          yield* put(wrong.url, wrong.headers, "small"),
          yield* put(elsewhere, wrong.headers, "picture"),
          yield* put(forged, wrong.headers, "picture")
        ]
        for (const status of statuses) assert.isTrue(status >= 400 && status < 500, String(statuses))
        for (const key of ["uploads/l/wrong", "uploads/l/other"]) assert.isTrue(Option.isNone(yield* head(key)))
      })
    )

    it.effect("refuses a presigned address whose time is over", () =>
      Effect.gen(function* () {
        const { presignPut, head } = yield* ObjectStore
        const allow = presignPut("uploads/m/late", { ...png, size: 7, seconds: 600 })
        const { url, headers } = yield* Effect.provideService(allow, Clock.Clock, yield* clockAgo(601_000))
        assert.strictEqual(yield* put(url, headers, "picture"), 403)
        assert.isTrue(Option.isNone(yield* head("uploads/m/late")))
      })
    )
  })
}

const clockAgo = (milliseconds: number) =>
  Effect.map(
    Clock.Clock,
    (clock): Clock.Clock => ({
      ...clock,
      sleep: (duration) => clock.sleep(duration),
      currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() - milliseconds,
      currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now - milliseconds)
    })
  )
