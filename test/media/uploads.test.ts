/** Videos over HTTP: sent through the API or straight to the store, worked on by the real worker, played from the store. */
import { request as clientRequest } from "node:http"
import { assert, layer } from "@effect/vitest"
import { Clock, Effect, Fiber, Option, Schema, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { Collector } from "../../src/services/media/Collector.ts"
import { mediaProcess } from "../../src/services/media/jobKinds.ts"
import { uploadSeconds } from "../../src/services/media/limits.ts"
import { Media } from "../../src/services/media/model.ts"
import { ObjectStore } from "../../src/services/media/ObjectStore.ts"
import { Pictures } from "../../src/services/media/Pictures.ts"
import { processVideo } from "../../src/services/media/processVideo.ts"
import { VideoIntake } from "../../src/services/media/VideoIntake.ts"
import { withoutItsWorker } from "../support/children.ts"
import { eventually } from "../support/eventually.ts"
import { clip, completed, fetched, finished, put, request, uploaded } from "../support/films.ts"
import { makeHeic } from "../support/heic.ts"
import { waiting, whileHeld } from "../support/locks.ts"
import { html, jpeg, zip } from "../support/pictures.ts"
import { removalsDone } from "../support/removals.ts"
import { insisting, type Person, TestServer } from "../support/server.ts"
import { absent, addProduct, admin, buyer, seller } from "../support/shop.ts"
import { upload } from "../support/upload.ts"
import { topBoxes } from "../support/videoFiles.ts"

const path = "/api/v1/media"
const decodeMedia = Schema.decodeUnknownEffect(Media, { onExcessProperty: "error" })

const send = Effect.fnUntraced(function* (who: Person, bytes: Uint8Array | string) {
  const server = yield* TestServer
  return yield* server.send("POST", path, {
    ...who,
    ...upload(bytes, { filename: "../../etc/video.mp4", type: "text/html" })
  })
})

const objects = Effect.gen(function* () {
  const store = yield* ObjectStore
  yield* removalsDone
  const all = yield* Effect.forEach(["videos/", "uploads/"], (prefix) => Stream.runCollect(store.list(prefix)))
  return all.flat().map(({ key }) => key)
})

/** What is there below this, also when its removal is due. */
const keysBelow = Effect.fnUntraced(function* (prefix: string) {
  const store = yield* ObjectStore
  return (yield* Stream.runCollect(store.list(prefix))).map(({ key }) => key)
})

/** Writes down that an upload was begun to be completed so many seconds ago. */
const claimedBefore = (id: string, seconds: number) =>
  SqlClient.SqlClient.use(
    (sql) => sql`UPDATE media SET claimed_at = now() - ${seconds} * interval '1 second' WHERE id = ${id}`
  )

/** How many seconds after they were written down the removals of what was sent to an upload's address are due. */
const removalsOf = (id: string) =>
  SqlClient.SqlClient.use((sql) =>
    Effect.map(
      sql<{ seconds: number }>`
        SELECT extract(epoch FROM visible_at - created_at)::float8 AS seconds FROM jobs
        WHERE queue_name = 'media.remove' AND element LIKE ${`%uploads/${id}/%`}`,
      (rows) => rows.map(({ seconds }) => seconds)
    )
  )

/** A video that is to be worked on, of which no job knows. */
const unworked = Effect.fnUntraced(function* (film: Parameters<typeof clip>[0]) {
  const sql = yield* SqlClient.SqlClient
  const store = yield* ObjectStore
  const id = SecureRandom.uuidV7Unsafe()
  const key = `videos/${id}/original-x`
  yield* store.put(key, yield* clip(film), { content_type: "video/mp4" })
  yield* sql`INSERT INTO media (id, owner_id, kind, status, key, content_type, size)
    VALUES (${id}, ${(yield* buyer).id}, 'video', 'processing', ${key}, 'video/mp4', 1)`
  return id
})

/** So many hours from now; of the day that tests are at, nothing is old. */
const at = <A, E, R>(effect: Effect.Effect<A, E, R>, hours: number) =>
  Effect.clockWith((clock) => {
    const now = () => Date.now() + hours * 3_600_000
    const later = { ...clock, currentTimeMillisUnsafe: now, currentTimeMillis: Effect.sync(now) }
    return Effect.provideService(effect, Clock.Clock, later)
  })

layer(TestServer.layer, { timeout: "60 seconds" })("videos", (it) => {
  it.effect(
    "become a poster and two renditions that start at once",
    () =>
      Effect.gen(function* () {
        const who = yield* buyer
        const { status, json, text } = yield* send(who, yield* clip())
        assert.strictEqual(status, 201, text)
        yield* decodeMedia(json.data)
        assert.deepInclude(json.data, {
          kind: "video",
          progress: 0,
          error: null,
          poster_url: null,
          content_type: "video/mp4"
        })
        const media = yield* finished(who, json.data.id)
        assert.deepInclude(media, { status: "ready", progress: 100, error: null, width: 720, height: 1280 })
        assert.deepStrictEqual(
          media.renditions.map(({ name, width, height }: any) => [name, width, height]),
          [
            ["540p", 540, 960],
            ["720p", 720, 1280]
          ]
        )
        const poster = yield* fetched(media.poster_url)
        assert.deepStrictEqual([poster.status, poster.headers.get("content-type")], [200, "image/jpeg"])
        for (const { url } of media.renditions) {
          const whole = yield* fetched(url)
          assert.deepStrictEqual([whole.status, whole.headers.get("content-type")], [200, "video/mp4"])
          const boxes = topBoxes(whole.bytes).map((box: any) => box.type ?? box)
          assert.isBelow(boxes.indexOf("moov"), boxes.indexOf("mdat"))
          const part = yield* fetched(url, { range: "bytes=0-99" })
          assert.deepStrictEqual([part.status, part.bytes.length], [206, 100])
        }
      }),
    60_000
  )

  it.effect("that are none are refused with the reason, within five seconds, and leave nothing", () =>
    Effect.gen(function* () {
      const who = yield* buyer
      const sql = yield* SqlClient.SqlClient
      const before = yield* objects
      const cases: ReadonlyArray<readonly [string, Uint8Array | string]> = [
        ["empty", ""],
        ["HTML", html],
        ["a zip", zip],
        ["garbage that begins like a video", Buffer.concat([Buffer.from("\0\0\0\x18ftypmp42"), Buffer.alloc(5000, 7)])],
        ["cut off", (yield* clip()).subarray(0, 4000)],
        ["a playlist", "#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/x.ts\n"]
      ]
      for (const [what, bytes] of cases) {
        const { status, json } = yield* send(who, bytes)
        assert.strictEqual(status, 422, what)
        assert.match(json.error.message, /video|damaged|picture/i, what)
      }
      assert.deepStrictEqual(yield* objects, before)
      assert.isEmpty(yield* sql`SELECT FROM media WHERE owner_id = ${who.id}`)
    })
  )

  it.effect("exist for their owner and administrators alone, and are deleted with their objects", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const { json } = yield* send(who, yield* clip({ width: 320, height: 240, seconds: 1 }))
      const { id } = yield* finished(who, json.data.id)
      assert.strictEqual((yield* server.get(`${path}/${id}`, yield* buyer)).status, 404)
      assert.strictEqual((yield* server.get(`${path}/${id}`, yield* admin)).status, 200)
      assert.strictEqual((yield* server.send("DELETE", `${path}/${id}`, yield* buyer)).status, 404)
      assert.include((yield* objects).join(), id)
      assert.strictEqual((yield* server.send("DELETE", `${path}/${id}`, who)).status, 200)
      assert.strictEqual((yield* server.get(`${path}/${id}`, who)).status, 404)
      assert.notInclude((yield* objects).join(), id)
      assert.strictEqual((yield* server.get(`${path}/${absent}`, who)).json.error.code, "MEDIA_NOT_FOUND")
    })
  )

  it.effect("are deleted by one of two who do it at once; for the other they are not there", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const who = yield* buyer
      const { json } = yield* server.post(`${path}/uploads`, { content_type: "video/mp4", size: 10 }, who)
      const { id } = json.data.media
      const remove = Effect.forkChild(server.send("DELETE", `${path}/${id}`, who), { startImmediately: true })
      const both = Effect.tap(Effect.all([remove, remove]), () => waiting(2))
      const removing = yield* whileHeld(sql`SELECT FROM media WHERE id = ${id} FOR UPDATE`, both)
      const answers = yield* Effect.forEach(removing, Fiber.join)
      assert.deepStrictEqual(answers.map(({ status }) => status).sort(), [200, 404])
    })
  )

  it.effect("of one user that nothing uses are twenty at most", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const ask = server.post(`${path}/uploads`, { content_type: "video/webm", size: 10 }, who)
      const answers = yield* Effect.forEach(Array.from({ length: 25 }), () => ask, { concurrency: 5 })
      assert.deepStrictEqual(answers.map(({ status }) => status).sort(), [
        ...Array.from({ length: 20 }, () => 201),
        ...Array.from({ length: 5 }, () => 409)
      ])
      assert.strictEqual((yield* ask).json.error.code, "TOO_MANY_UPLOADS")
    }).pipe(insisting)
  )

  it.effect("of one user who has no room are not even stored", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const ask = server.post(`${path}/uploads`, { content_type: "video/webm", size: 10 }, who)
      yield* Effect.forEach(Array.from({ length: 20 }), () => ask, { concurrency: 5 })
      const bytes = yield* clip({ width: 320, height: 240, seconds: 1 })
      const before = yield* keysBelow("videos/")
      const { status, json } = yield* send(who, bytes)
      assert.deepStrictEqual([status, json.error.code], [409, "TOO_MANY_UPLOADS"])
      assert.deepStrictEqual(yield* keysBelow("videos/"), before)
    })
  )

  it.effect("of one user that were asked for and never sent are let go of once their address is dead", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const who = yield* buyer
      const ask = server.post(`${path}/uploads`, { content_type: "video/webm", size: 10 }, who)
      const asked = yield* Effect.forEach(Array.from({ length: 20 }), () => ask, { concurrency: 5 })
      const begunBefore = (minutes: number) =>
        sql`UPDATE media SET created_at = now() - ${minutes} * interval '1 minute' WHERE owner_id = ${who.id}`
      yield* begunBefore(9)
      assert.strictEqual((yield* ask).status, 409)
      yield* begunBefore(11)
      const id = asked[0]?.json.data.media.id
      // But not under the hands of who completes one.
      yield* claimedBefore(id, 1)
      const next = yield* ask
      assert.strictEqual(next.status, 201)
      const left = yield* sql<{ id: string }>`SELECT id FROM media WHERE owner_id = ${who.id} ORDER BY id`
      assert.deepStrictEqual(
        left.map((row) => row.id),
        [id, next.json.data.media.id]
      )
    })
  )
})

/** A file on its way, of which the end never comes: what it was answered, if it was. */
const begun = (url: string, { token }: Person) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => {
        const { raw, headers } = upload("x".repeat(1000))
        const sent = clientRequest(`${url}${path}`, {
          method: "POST",
          headers: { ...headers, authorization: `Bearer ${token}` }
        })
        const heard = { status: undefined as number | undefined, retryAfter: undefined as string | undefined }
        sent
          .on("error", () => {})
          .on("response", (response) => {
            heard.status = response.statusCode
            heard.retryAfter = response.headers["retry-after"]
            response.resume()
          })
        sent.write(raw.subarray(0, 500))
        return { sent, heard }
      }),
      ({ sent }) => Effect.sync(() => sent.destroy())
    ),
    ({ heard }) => heard
  )

layer(TestServer.layer, { timeout: "60 seconds" })("files on their way", (it) => {
  it.effect("are six of one user, and no matter how many of others", () =>
    Effect.gen(function* () {
      const { url } = yield* TestServer
      const [who, other] = [yield* seller, yield* seller]
      yield* Effect.gen(function* () {
        const all = yield* Effect.forEach(Array.from({ length: 8 }), () => begun(url, who))
        const refused = () => all.filter(({ status }) => status !== undefined)
        yield* eventually(Effect.sync(refused), ({ length }) => length === 2)
        assert.deepStrictEqual(refused(), Array(2).fill({ status: 503, retryAfter: "5" }))
        assert.strictEqual((yield* send(other, yield* clip())).status, 201)
      }).pipe(Effect.scoped)
      const bytes = yield* clip()
      const again = Effect.map(send(who, bytes), ({ status }) => status)
      yield* eventually(again, (status) => status === 201)
    })
  )
})

layer(TestServer.layer, { timeout: "60 seconds" })("presigned uploads", (it) => {
  it.effect("are asked for, sent, completed, and worked on; their address changes nothing afterwards", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const bytes = yield* clip({ width: 320, height: 240, seconds: 1 })
      const asked = yield* request(who, bytes)
      const complete = server.post(`${path}/uploads/${asked.media.id}/complete`, undefined, who)
      assert.strictEqual((yield* complete).json.error.code, "UPLOAD_MISSING")
      assert.strictEqual(yield* put(asked, bytes), 200)
      const done = yield* complete
      assert.deepStrictEqual([done.status, done.json.data.status], [200, "processing"])
      const again = yield* complete
      assert.strictEqual(again.status, 200)
      const media = yield* finished(who, asked.media.id)
      assert.strictEqual(media.status, "ready")
      const served = yield* fetched(media.renditions[0].url)
      yield* put(asked, Buffer.alloc(bytes.length, 1))
      assert.deepStrictEqual((yield* fetched(media.renditions[0].url)).bytes, served.bytes)
      assert.strictEqual((yield* complete).json.data.status, "ready")
      assert.isTrue(yield* (yield* VideoIntake).again(asked.media.id))
      assert.strictEqual((yield* finished(who, asked.media.id)).status, "ready")
      // What was there before leaves at once.
      for (const url of [media.poster_url, ...media.renditions.map((one: { url: string }) => one.url)])
        yield* eventually(fetched(url), ({ status }) => status === 404)
      assert.strictEqual(
        (yield* server.post(`${path}/uploads/${asked.media.id}/complete`, undefined, yield* buyer)).status,
        404
      )
    })
  )

  it.effect("of something else than was announced fail with the reason", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const lie = Buffer.from(html)
      const asked = yield* request(who, lie)
      assert.strictEqual(yield* put(asked, Buffer.concat([lie, lie])), 413)
      assert.strictEqual(yield* put(asked, lie), 200)
      const refused = yield* server.post(`${path}/uploads/${asked.media.id}/complete`, undefined, who)
      assert.strictEqual(refused.status, 422, refused.text)
      const { json } = yield* server.get(`${path}/${asked.media.id}`, who)
      assert.deepInclude(json.data, { status: "failed", error: refused.json.error.message })
      assert.notInclude((yield* objects).join(), asked.media.id)
      for (const [field, body] of [
        ["size", { content_type: "video/mp4", size: 200 * 1024 * 1024 }],
        ["size", { content_type: "video/mp4", size: 0 }],
        ["content_type", { content_type: "text/html", size: 10 }]
      ] as const) {
        const answer = yield* server.post(`${path}/uploads`, body, who)
        assert.deepStrictEqual([answer.status, answer.json.error.details[0].field], [422, field])
      }
    })
  )

  it.effect("are finished by the work that was begun last; another one takes nothing away", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const who = yield* buyer
      const sent = yield* send(who, yield* clip({ width: 320, height: 240, seconds: 1 }))
      const { id } = sent.json.data
      yield* finished(who, id)
      const attempt = (attempts: number) =>
        Effect.flatMap(processVideo(mediaProcess), (handler) =>
          handler.run({ media_id: id }, { id: "again", attempts })
        )
      const keys = Effect.map(
        sql<{ keys: ReadonlyArray<string> }>`
          SELECT ARRAY(SELECT r ->> 'key' FROM jsonb_array_elements(renditions) r) AS keys FROM media WHERE id = ${id}`,
        ([row]) => row?.keys ?? []
      )
      const first = yield* keys
      yield* sql`UPDATE media SET status = 'processing' WHERE id = ${id}`
      yield* Effect.all([attempt(1), attempt(2)], { concurrency: "unbounded" })
      const second = yield* keys
      assert.lengthOf(second, first.length)
      const left = (yield* objects).filter((key) => key.includes(id))
      assert.includeMembers(left, [...second])
      for (const key of first) assert.notInclude(left, key)
      assert.lengthOf(left, second.length + 1)
      // One that is dead fails what it worked on last, and nothing that another one works on.
      const { onDead } = yield* processVideo(mediaProcess)
      yield* sql`UPDATE media SET status = 'processing', work = md5('again#2')::uuid WHERE id = ${id}`
      const status = Effect.map(
        sql<{ status: string }>`SELECT status FROM media WHERE id = ${id}`,
        ([row]) => row?.status
      )
      yield* onDead({ media_id: id }, { id: "again", attempts: 1 })
      assert.strictEqual(yield* status, "processing")
      yield* onDead({ media_id: id }, { id: "again", attempts: 2 })
      // What was made of it before shows it as well as ever.
      assert.strictEqual(yield* status, "ready")
    })
  )

  it.effect("whose worker dies are tried again, also by an operator when their job is dead", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const id = yield* unworked({ width: 320, height: 240, seconds: 1 })
      const handler = yield* processVideo(mediaProcess)
      const attempt = (attempts: number) => handler.run({ media_id: id }, { id: "dies", attempts })
      const status = Effect.map(
        sql<{ status: string }>`SELECT status FROM media WHERE id = ${id}`,
        ([row]) => row?.status
      )
      for (const attempts of [1, 7]) {
        const failed = yield* Effect.flip(withoutItsWorker(attempt(attempts)))
        assert.deepInclude(failed, { _tag: "VideoFailed", reason: "crashed" })
        assert.strictEqual(yield* status, "processing")
      }
      yield* handler.onDead({ media_id: id }, { id: "dies", attempts: 7 })
      assert.strictEqual(yield* status, "failed")
      yield* attempt(1)
      assert.strictEqual(yield* status, "ready")
    })
  )

  it.effect("are told no progress of by a work that another one has taken the place of", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const id = yield* unworked({ width: 320, height: 240 })
      const handler = yield* processVideo(mediaProcess)
      const older = yield* Effect.forkChild(handler.run({ media_id: id }, { id: "older", attempts: 1 }))
      const begun = sql`SELECT FROM media WHERE id = ${id} AND work = md5('older#1')::uuid`
      yield* eventually(begun, (rows) => rows.length === 1)
      yield* sql`UPDATE media SET work = md5('newer#1')::uuid, progress = 0 WHERE id = ${id}`
      yield* Fiber.join(older)
      const [row] = yield* sql`SELECT status, progress FROM media WHERE id = ${id}`
      assert.deepStrictEqual(row, { status: "processing", progress: 0 })
      yield* sql`DELETE FROM media WHERE id = ${id}`
    })
  )

  it.effect("are worked on in two lines, so that one user's many do not stand before another's first", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const intake = yield* VideoIntake
      const [many, one] = [(yield* buyer).id, (yield* seller).id]
      const ids: Array<string> = []
      const film = yield* clip({ width: 320, height: 240, seconds: 1 })
      const added = Effect.fnUntraced(function* (owner: string) {
        const id = SecureRandom.uuidV7Unsafe()
        const key = `videos/${id}/original-x`
        yield* (yield* ObjectStore).put(key, film, { content_type: "video/mp4" })
        yield* sql`INSERT INTO media (id, owner_id, kind, status, key, content_type, size)
          VALUES (${id}, ${owner}, 'video', 'processing', ${key}, 'video/mp4', 1)`
        yield* intake.begin(id)
        ids.push(id)
      })
      yield* Effect.forEach([many, many, many, many, many, one], added, { discard: true }).pipe(sql.withTransaction)
      const order = sql<{ owner_id: string }>`
        SELECT owner_id FROM media WHERE id = ANY(${ids}::uuid[]) AND status = 'ready' ORDER BY updated_at`
      const owners = (yield* eventually(order, (rows) => rows.length === ids.length)).map(({ owner_id }) => owner_id)
      assert.include(owners.slice(0, 4), one)
      yield* sql`DELETE FROM media WHERE id = ANY(${ids}::uuid[])`
    })
  )

  it.effect("that no job works on any more have failed; while one waits or runs they have not", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const collector = yield* Collector
      const who = yield* buyer
      const ids = Array.from({ length: 3 }, () => SecureRandom.uuidV7Unsafe())
      const [waiting = "", dead = "", lost = ""] = ids
      for (const id of ids) {
        yield* sql`INSERT INTO media (id, owner_id, kind, status, key, content_type, size)
          VALUES (${id}, ${who.id}, 'video', 'processing', ${`uploads/${id}/x`}, 'video/mp4', 1)`
      }
      for (const [id, state, kind] of [
        [waiting, "pending", "media.process.more"],
        [dead, "failed", "media.process"]
      ] as const) {
        yield* sql`INSERT INTO jobs (id, queue_name, element, state, attempts, visible_at, created_at, updated_at)
          VALUES (${`stuck/${id}`}, ${kind}, ${JSON.stringify({ media_id: id })}, ${state}, 1,
            now() + interval '3 days', now(), now())`
      }
      assert.strictEqual((yield* collector.collect({ dryRun: true })).stuck, 2)
      assert.strictEqual((yield* collector.collect({ dryRun: false })).stuck, 2)
      const status = (id: string) =>
        Effect.map(sql<{ status: string }>`SELECT status FROM media WHERE id = ${id}`, ([row]) => row?.status)
      assert.deepStrictEqual(yield* Effect.all([waiting, dead, lost].map(status)), ["processing", "failed", "failed"])
      yield* sql`DELETE FROM jobs WHERE id LIKE 'stuck/%'`
      yield* sql`DELETE FROM media WHERE id = ANY(${ids}::uuid[])`
    })
  )

  it.effect("are completed by one of those who do it at once", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const who = yield* buyer
      const bytes = yield* clip({ width: 320, height: 240, seconds: 1 })
      const asked = yield* request(who, bytes)
      yield* put(asked, bytes)
      const complete = server.post(`${path}/uploads/${asked.media.id}/complete`, undefined, who)
      const answers = yield* Effect.all(
        Array.from({ length: 5 }, () => complete),
        { concurrency: "unbounded" }
      )
      for (const { status, json, headers } of answers) {
        if (status === 200) continue
        assert.deepStrictEqual([status, json.error.code, headers.get("retry-after")], [409, "UPLOAD_UNDER_WAY", "2"])
      }
      assert.isTrue(answers.some(({ status }) => status === 200))
      const begun =
        yield* sql`SELECT FROM jobs WHERE queue_name LIKE 'media.process%' AND element LIKE ${`%${asked.media.id}%`}`
      assert.lengthOf(begun, 1)
      const copies = (yield* keysBelow(`videos/${asked.media.id}/`)).filter((key) => key.includes("/original-"))
      assert.lengthOf(copies, 1)
      assert.strictEqual((yield* complete).status, 200)
      yield* finished(who, asked.media.id)
    })
  )

  it.effect("are whose completion has begun, until whoever began it must be dead", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const photo = yield* Effect.promise(() => jpeg(64, 48))
      const asked = yield* request(who, photo, { content_type: "image/jpeg" })
      yield* put(asked, photo)
      const complete = server.post(`${path}/uploads/${asked.media.id}/complete`, undefined, who)
      for (const seconds of [0, 110]) {
        yield* claimedBefore(asked.media.id, seconds)
        const { status, json, headers } = yield* complete
        assert.deepStrictEqual([status, json.error?.code, headers.get("retry-after")], [409, "UPLOAD_UNDER_WAY", "2"])
      }
      assert.isEmpty(yield* keysBelow(`images/${asked.media.id}/`))
      yield* claimedBefore(asked.media.id, 130)
      const done = yield* complete
      assert.strictEqual(done.status, 200, done.text)
      assert.strictEqual(done.json.data.status, "ready")
    })
  )

  it.effect("leave when their address is dead, and not before: until then they could come again", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const lie = Buffer.from(html)
      const ask = Effect.tap(request(who, lie), (asked) => put(asked, lie))
      const [deleted, failed] = [yield* ask, yield* ask]
      assert.strictEqual((yield* server.send("DELETE", `${path}/${deleted.media.id}`, who)).status, 200)
      const refused = yield* server.post(`${path}/uploads/${failed.media.id}/complete`, undefined, who)
      assert.strictEqual(refused.status, 422)
      for (const { media } of [deleted, failed]) {
        const [seconds = 0, ...more] = yield* removalsOf(media.id)
        assert.isEmpty(more)
        assert.isAtLeast(seconds, uploadSeconds)
      }
    })
  )

  it.effect("that were never completed, and objects that nothing names, are collected; nothing younger is", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const store = yield* ObjectStore
      const collector = yield* Collector
      const collect = (options: { dryRun: boolean }, hours = 0) => at(collector.collect(options), hours)
      const who = yield* buyer
      const bytes = yield* clip({ width: 320, height: 240, seconds: 1 })
      const [old, young] = [yield* request(who, bytes), yield* request(who, bytes)]
      yield* put(old, bytes)
      yield* put(young, bytes)
      const strays = ["images", "videos", "uploads"].map((place) => `${place}/${absent}/stray`)
      for (const key of strays) yield* store.put(key, Buffer.from("stray"), { content_type: "video/mp4" })
      const nothing = yield* collect({ dryRun: false })
      assert.deepInclude(nothing, { media: 0, objects: 0, stuck: 0 })
      yield* sql`UPDATE media SET updated_at = now() - interval '25 hours' WHERE id = ${old.media.id}`
      const planned = yield* collect({ dryRun: true })
      assert.deepStrictEqual([planned.media, planned.objects, planned.bytes], [1, 1, bytes.length])
      assert.include((yield* objects).join(), old.media.id)
      assert.deepInclude(yield* collect({ dryRun: false }), { media: 1, objects: 1, bytes: bytes.length })
      assert.notInclude((yield* objects).join(), old.media.id)
      const later = yield* collect({ dryRun: false }, 25)
      assert.isAtLeast(later.objects, strays.length)
      for (const key of strays) assert.isTrue(Option.isNone(yield* store.head(key)), key)
      assert.include((yield* objects).join(), young.media.id)
    })
  )

  it.effect("of pictures are checked and ready when they are completed, once", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const owner = yield* seller
      const complete = (id: string, who = owner) => server.post(`${path}/uploads/${id}/complete`, undefined, who)
      const photo = yield* Effect.promise(() => jpeg(640, 480))
      const asked = yield* request(owner, photo, { content_type: "image/jpeg" })
      assert.strictEqual((yield* complete(asked.media.id)).json.error.code, "UPLOAD_MISSING")
      assert.strictEqual(yield* put(asked, photo), 200)
      assert.strictEqual((yield* complete(asked.media.id, yield* seller)).status, 404)
      const answers = yield* Effect.all([complete(asked.media.id), complete(asked.media.id)], { concurrency: 2 })
      assert.includeMembers(
        answers.map(({ status }) => status),
        [200]
      )
      const ready = yield* complete(asked.media.id)
      assert.deepInclude(ready.json.data, { kind: "image", status: "ready", progress: 100, width: 640, height: 480 })
      const names = ready.json.data.renditions.map(({ name }: { name: string }) => name)
      assert.deepStrictEqual(names, ["original", "large", "thumbnail"])
      const [, large] = ready.json.data.renditions
      const before = yield* fetched(large.url)
      assert.deepStrictEqual([before.status, before.headers.get("content-type")], [200, "image/webp"])
      yield* put(asked, Buffer.alloc(photo.length, 1))
      assert.deepStrictEqual((yield* fetched(large.url)).bytes, before.bytes)

      const lie = yield* request(owner, Buffer.from(html), { content_type: "image/png" })
      yield* put(lie, Buffer.from(html))
      assert.strictEqual((yield* complete(lie.media.id)).json.error.code, "IMAGE_FORMAT_UNSUPPORTED")
      const failed = yield* server.get(`${path}/${lie.media.id}`, owner)
      assert.strictEqual(failed.json.data.status, "failed")
      assert.match(failed.json.data.error, /Send a JPEG/)
      const huge = yield* server.post(`${path}/uploads`, { content_type: "image/png", size: 40_000_001 }, owner)
      assert.deepStrictEqual([huge.status, huge.json.error.details[0].field], [422, "size"])
      assert.lengthOf(yield* sql`SELECT FROM media WHERE owner_id = ${owner.id} AND status = 'uploading'`, 0)
    })
  )

  it.effect("are not lost when the worker dies that looks at them", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* seller
      const heic = Effect.promise(() => makeHeic({ width: 640, height: 360 }))
      const sent = [
        { bytes: yield* clip({ width: 320, height: 240, seconds: 1 }), content_type: "video/mp4" },
        { bytes: yield* heic, content_type: "image/heic" }
      ] as const
      for (const { bytes, content_type } of sent) {
        const asked = yield* request(who, bytes, { content_type })
        yield* put(asked, bytes)
        const complete = server.post(`${path}/uploads/${asked.media.id}/complete`, undefined, who)
        const { status, json } = yield* withoutItsWorker(complete)
        assert.deepStrictEqual([status, /stopped unexpectedly/.test(json.error?.message)], [422, true], content_type)
        assert.strictEqual((yield* complete).status, 200)
      }
    })
  )

  it.effect("of pictures are put to a product by their id, once, and not beside their deletion", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const product = yield* addProduct(owner)
      const attach = (media_id: string, who = owner) =>
        server.post(`/api/v1/products/${product.id}/images/uploaded`, { media_id }, who)
      const photo = yield* Effect.promise(() => jpeg(64, 48))
      const refused = yield* Effect.all([
        attach(yield* uploaded(owner, photo)),
        attach(yield* completed(yield* seller, photo))
      ])
      for (const { status, json } of refused) {
        assert.deepStrictEqual([status, json.error.details[0].field], [422, "media_id"])
      }
      const id = yield* completed(owner, photo)
      const answers = yield* Effect.all([attach(id), attach(id), attach(id)], { concurrency: 3 })
      assert.deepStrictEqual(
        answers.map(({ status }) => status),
        [201, 201, 201]
      )
      assert.deepStrictEqual(new Set(answers.map(({ json }) => json.data.id)).size, 1)
      const images = Effect.map(server.get(`/api/v1/products/${product.id}`), ({ json }) => json.data.images)
      assert.lengthOf(yield* images, 1)
      assert.strictEqual((yield* server.send("DELETE", `${path}/${id}`, owner)).json.error.code, "MEDIA_IN_USE")
      for (let i = 0; i < 8; i++) {
        const one = yield* completed(owner, photo)
        const [put, gone] = yield* Effect.all([attach(one), server.send("DELETE", `${path}/${one}`, owner)], {
          concurrency: 2
        })
        const shown = (yield* images).length
        assert.deepStrictEqual(put.status === 201 ? [409, shown] : [200, 1], [gone.status, shown])
        if (put.status === 201)
          yield* server.send("DELETE", `/api/v1/products/${product.id}/images/${put.json.data.id}`, owner)
        else assert.strictEqual(put.status, 422)
      }
    }).pipe(insisting)
  )
  it.effect("of pictures that an administrator puts to a shop's product are the shop's from then on", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const [owner, boss] = [yield* seller, yield* admin]
      const product = yield* addProduct(owner)
      const photo = yield* Effect.promise(() => jpeg(64, 48))
      const media_id = yield* completed(boss, photo)
      assert.strictEqual((yield* server.get(`${path}/${media_id}`, owner)).status, 404)
      const images = `/api/v1/products/${product.id}/images/uploaded`
      const answer = yield* server.post(images, { media_id }, boss)
      assert.strictEqual(answer.status, 201, answer.text)
      assert.strictEqual((yield* server.get(`${path}/${media_id}`, owner)).status, 200)
    })
  )

  it.effect("of pictures that lay unused for days are not collected while they are put somewhere", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const pictures = yield* Pictures
      const collector = yield* Collector
      const owner = yield* seller
      const photo = yield* Effect.promise(() => jpeg(64, 48))
      const id = yield* completed(owner, photo)
      yield* sql`UPDATE media SET updated_at = now() - interval '2 days' WHERE id = ${id}`
      const take = pictures.take(
        { id: owner.id, role: "seller", seller_category: "grossiste" },
        id,
        owner.id,
        "product"
      )
      const collecting = Effect.forkChild(collector.collect({ dryRun: false }), { startImmediately: true })
      const meanwhile = Effect.tap(collecting, () => waiting(1))
      const collected = yield* Fiber.join(yield* whileHeld(take, meanwhile))
      assert.strictEqual(collected.media, 0)
      assert.strictEqual((yield* server.get(`${path}/${id}`, owner)).status, 200)
    })
  )
})
