/** Uploads that become the picture of a person or of a shop, by their id. */
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { SqlClient } from "effect/sql"
import sharp from "sharp"
import { Departures } from "../../src/services/accounts/Departures.ts"
import { Collector } from "../../src/services/media/Collector.ts"
import { ObjectStore } from "../../src/services/media/ObjectStore.ts"
import { completed, fetched, request, uploaded } from "../support/films.ts"
import { waiting, whileHeld } from "../support/locks.ts"
import { html, jpeg } from "../support/pictures.ts"
import { removalsDone } from "../support/removals.ts"
import { type Answer, insisting, type Person, TestServer } from "../support/server.ts"
import { absent, addProduct, seller } from "../support/shop.ts"

const path = "/api/v1/media"
const photo = Effect.promise(() => jpeg(640, 480))
const forPortrait = { purpose: "portrait" }
const portrait = (who: Person) => Effect.flatMap(photo, (bytes) => completed(who, bytes, forPortrait))

const places = [
  { what: "a person", at: "/api/v1/users/me/avatar", table: "users", read: () => "/api/v1/users/me" },
  { what: "a shop", at: "/api/v1/seller/logo", table: "sellers", read: ({ id }: Person) => `/api/v1/sellers/${id}` }
] as const

const attach = Effect.fnUntraced(function* (at: string, who: Person, media_id: string) {
  const server = yield* TestServer
  return yield* server.send("PUT", `${at}/uploaded`, { ...who, body: { media_id } })
})

const remove = Effect.fnUntraced(function* (id: string, who: Person) {
  const server = yield* TestServer
  return yield* server.send("DELETE", `${path}/${id}`, who)
})

const assertRefused = ({ status, json, text }: Answer, field = "media_id") =>
  assert.deepStrictEqual([status, json.error.details?.[0]?.field], [422, field], text)

/** All that is kept of somebody and their uploads, and when it was written last. */
const kept = Effect.fnUntraced(function* ({ id }: Person) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql`
    SELECT to_jsonb(u) AS of_user, to_jsonb(s) AS of_shop, u.xmin::text AS user_by, s.xmin::text AS shop_by,
      (SELECT jsonb_agg(to_jsonb(m) || jsonb_build_object('by', m.xmin::text) ORDER BY m.id)
        FROM media m WHERE m.owner_id = u.id) AS media
    FROM users u JOIN sellers s USING (id) WHERE u.id = ${id}`
})

const mediaOf = Effect.fnUntraced(function* ({ id }: Person) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ id: string }>`SELECT id FROM media WHERE owner_id = ${id}`
  return rows.map((row) => row.id)
})

const objectsOf = Effect.fnUntraced(function* (id: string) {
  const store = yield* ObjectStore
  yield* removalsDone
  return yield* Stream.runCollect(store.list(`images/${id}/`))
})

/** Both while another holds the upload: the first that asks for it gets it first. */
const inTurn = Effect.fnUntraced(function* (
  id: string,
  first: Effect.Effect<Answer, never, TestServer>,
  second: Effect.Effect<Answer, never, TestServer>
) {
  const sql = yield* SqlClient.SqlClient
  const sent = Effect.gen(function* () {
    const one = yield* Effect.forkChild(first)
    yield* waiting(1)
    const other = yield* Effect.forkChild(second)
    yield* waiting(2)
    return [one, other] as const
  })
  const [one, other] = yield* whileHeld(sql`SELECT FROM media WHERE id = ${id} FOR UPDATE`, sent)
  return [yield* Fiber.join(one), yield* Fiber.join(other)] as const
})

layer(TestServer.layer)("an upload", (it) => {
  for (const { what, at, read, table } of places) {
    it.effect(`becomes the picture of ${what}, which lets go of the one before`, () =>
      Effect.gen(function* () {
        const server = yield* TestServer
        const who = yield* seller
        const id = yield* portrait(who)
        const { purpose, renditions } = (yield* server.get(`${path}/${id}`, who)).json.data
        assert.deepStrictEqual(
          [purpose, ...renditions.map(({ name }: { name: string }) => name)],
          ["portrait", "original", "square"]
        )
        const answer = yield* attach(at, who, id)
        assert.strictEqual(answer.status, 200, answer.text)
        const url = answer.json.data.avatar_url
        assert.strictEqual(url, renditions[1].url)
        assert.strictEqual((yield* server.get(read(who), who)).json.data.avatar_url, url)
        const { bytes } = yield* fetched(url)
        const { width, height } = yield* Effect.promise(() => sharp(bytes).metadata())
        assert.deepStrictEqual([width, height], [400, 400])
        assert.strictEqual((yield* remove(id, who)).json.error.code, "MEDIA_IN_USE")

        const next = yield* portrait(who)
        assert.notStrictEqual((yield* attach(at, who, next)).json.data.avatar_url, url)
        assert.deepStrictEqual(yield* mediaOf(who), [next])
        assert.isEmpty(yield* objectsOf(id))
        assert.strictEqual((yield* server.send("DELETE", at, who)).json.data.avatar_url, null)
        assert.isEmpty(yield* mediaOf(who))
        assert.isEmpty(yield* objectsOf(next))
      })
    )

    it.effect(`that is the picture of ${what} already changes nothing, and is answered the same`, () =>
      Effect.gen(function* () {
        const who = yield* seller
        const id = yield* portrait(who)
        const both = yield* Effect.all([attach(at, who, id), attach(at, who, id)], { concurrency: 2 })
        const before = yield* kept(who)
        const again = [...both, yield* attach(at, who, id), yield* attach(at, who, id.toUpperCase())]
        for (const { status, text } of again) assert.deepStrictEqual([status, text], [200, both[0].text])
        assert.deepStrictEqual(yield* kept(who), before)
      }).pipe(insisting)
    )

    it.effect(`that is no portrait of the caller's own does not become the picture of ${what}`, () =>
      Effect.gen(function* () {
        const server = yield* TestServer
        const who = yield* seller
        const bytes = yield* photo
        yield* attach(at, who, yield* portrait(who))
        const lie = yield* uploaded(who, Buffer.from(html), forPortrait)
        yield* server.post(`${path}/uploads/${lie}/complete`, undefined, who)
        const film = (yield* request(who, bytes, { content_type: "video/mp4" })).media.id
        const unready = yield* uploaded(who, bytes, forPortrait)
        const others = yield* portrait(yield* seller)
        const before = yield* kept(who)
        for (const id of [lie, film, unready, others, absent, "7"]) assertRefused(yield* attach(at, who, id))
        assert.deepStrictEqual(yield* kept(who), before)
        const refused = yield* attach(at, who, yield* completed(who, bytes))
        assertRefused(refused)
        assert.include(refused.text, 'the purpose \\"portrait\\"')
        assertRefused(yield* server.send("PUT", `${at}/uploaded`, { ...who, body: {} }))
      })
    )

    it.effect(`is the picture of ${what}, or is deleted: what comes first`, () =>
      Effect.gen(function* () {
        const server = yield* TestServer
        const who = yield* seller
        const [shown, deleted] = [yield* portrait(who), yield* portrait(who)]
        const [gone, refused] = yield* inTurn(deleted, remove(deleted, who), attach(at, who, deleted))
        assert.strictEqual(gone.status, 200, gone.text)
        assertRefused(refused)
        assert.strictEqual((yield* server.get(read(who), who)).json.data.avatar_url, null)
        const [put, kept] = yield* inTurn(shown, attach(at, who, shown), remove(shown, who))
        assert.deepStrictEqual([put.status, kept.json.error?.code], [200, "MEDIA_IN_USE"])
        assert.strictEqual((yield* fetched(put.json.data.avatar_url)).status, 200)
      })
    )

    it.effect(`of several that become the picture of ${what} at once is shown, and the others are gone`, () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const who = yield* seller
        const ids = [yield* portrait(who), yield* portrait(who), yield* portrait(who)]
        const answers = yield* Effect.all(
          [...ids, ...ids].map((id) => attach(at, who, id)),
          { concurrency: "unbounded" }
        )
        // Who comes again after another finds it gone.
        assert.isAtLeast(answers.filter(({ status }) => status === 200).length, 3)
        for (const answer of answers) if (answer.status !== 200) assertRefused(answer)
        const [row] = yield* sql<{ id: string }>`SELECT avatar_media_id AS id FROM ${sql(table)} WHERE id = ${who.id}`
        assert.deepStrictEqual(yield* mediaOf(who), [row?.id])
      }).pipe(insisting)
    )

    it.effect(`is not collected while it is the picture of ${what}`, () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const collector = yield* Collector
        const who = yield* seller
        const [shown, unused] = [yield* portrait(who), yield* portrait(who)]
        const url = (yield* attach(at, who, shown)).json.data.avatar_url
        yield* sql`UPDATE media SET updated_at = now() - interval '2 days' WHERE owner_id = ${who.id}`
        assert.strictEqual((yield* collector.collect({ dryRun: false })).media, 1)
        assert.deepStrictEqual(yield* mediaOf(who), [shown])
        assert.isEmpty(yield* objectsOf(unused))
        assert.strictEqual((yield* fetched(url)).status, 200)
      })
    )
  }

  it.effect("is the picture of a person and of their shop, until it is neither's, and leaves with them", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const departures = yield* Departures
      const who = yield* seller
      const both = Effect.fnUntraced(function* (id: string) {
        for (const { at } of places) assert.strictEqual((yield* attach(at, who, id)).status, 200)
      })
      const first = yield* portrait(who)
      yield* both(first)
      yield* server.send("DELETE", "/api/v1/users/me/avatar", who)
      assert.deepStrictEqual(yield* mediaOf(who), [first])
      assert.strictEqual((yield* remove(first, who)).json.error.code, "MEDIA_IN_USE")
      yield* server.send("DELETE", "/api/v1/seller/logo", who)
      assert.isEmpty(yield* mediaOf(who))

      const last = yield* portrait(who)
      yield* both(last)
      yield* server.send("DELETE", "/api/v1/users/me", who)
      yield* sql`UPDATE users SET delete_after = now() WHERE id = ${who.id}`
      assert.isTrue(yield* departures.erase({ id: null, name: "operator test" }, who.id))
      assert.isEmpty(yield* mediaOf(who))
      assert.isEmpty(yield* objectsOf(last))
    })
  )

  it.effect("that is a portrait is put to no product, and a video is for nothing", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* seller
      const id = yield* portrait(who)
      const { id: product } = yield* addProduct(who)
      const images = `/api/v1/products/${product}/images/uploaded`
      const refused = yield* server.post(images, { media_id: id }, who)
      assertRefused(refused)
      assert.include(refused.text, 'the purpose \\"product\\"')
      const film = { content_type: "video/mp4", size: 1000 }
      for (const purpose of ["product", "portrait"]) {
        assertRefused(yield* server.post(`${path}/uploads`, { ...film, purpose }, who), "purpose")
      }
      const wrong = { content_type: "image/png", size: 1000, purpose: "banner" }
      assertRefused(yield* server.post(`${path}/uploads`, wrong, who), "purpose")
      assert.strictEqual((yield* server.post(`${path}/uploads`, film, who)).json.data.media.purpose, null)
    })
  )
})
