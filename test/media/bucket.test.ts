/** Pictures and videos with a real S3 server behind, which clients then speak to themselves. */
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { freshDatabase } from "../support/database.ts"
import { clip, fetched, finished, put, request } from "../support/films.ts"
import { jpeg } from "../support/pictures.ts"
import { removalsDone } from "../support/removals.ts"
import { s3Server } from "../support/s3.ts"
import { TestServer } from "../support/server.ts"
import { addProduct, buyer, seller } from "../support/shop.ts"
import { upload } from "../support/upload.ts"

const WithS3 = Layer.unwrap(Effect.map(s3Server, ({ environment }) => TestServer.over(freshDatabase, environment)))

// The real clock: addresses that are signed in 1970 have expired.
layer(WithS3, { timeout: "60 seconds", excludeTestServices: true })("with S3", (it) => {
  it.effect("a picture is served by the bucket", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const product = yield* addProduct(owner)
      const picture = upload(yield* Effect.promise(() => jpeg(640, 480)))
      const added = yield* server.send("POST", `/api/v1/products/${product.id}/images`, { ...owner, ...picture })
      assert.strictEqual(added.status, 201, added.text)
      assert.notInclude(added.json.data.image_url, server.url)
      const { status, headers } = yield* fetched(added.json.data.image_url)
      assert.deepStrictEqual([status, headers.get("content-type")], [200, "image/webp"])
      yield* server.send("DELETE", `/api/v1/products/${product.id}`, owner)
      yield* removalsDone
      assert.strictEqual((yield* fetched(added.json.data.image_url)).status, 404)
    })
  )

  it.effect("a video goes to the bucket, is worked on, and is served by it", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const bytes = yield* clip({ width: 320, height: 240, seconds: 1 })
      const asked = yield* request(who, bytes)
      assert.notInclude(asked.upload.url, server.url)
      assert.strictEqual(yield* put(asked, bytes), 200)
      const done = yield* server.post(`/api/v1/media/uploads/${asked.media.id}/complete`, undefined, who)
      assert.strictEqual(done.status, 200, done.text)
      const media = yield* finished(who, asked.media.id)
      assert.strictEqual(media.status, "ready", media.error)
      for (const url of [media.poster_url, ...media.renditions.map((each: any) => each.url)]) {
        assert.strictEqual((yield* fetched(url)).status, 200)
      }
      const sent = yield* server.send("POST", "/api/v1/media", { ...who, ...upload(bytes) })
      assert.strictEqual((yield* finished(who, sent.json.data.id)).status, "ready")
    })
  )
})
