/** Pictures of products over HTTP, and what is kept of them. */
import { readdir } from "node:fs/promises"
import { tmpdir } from "node:os"
import { assert } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { ObjectStore } from "../../src/services/media/ObjectStore.ts"
import { jpeg } from "./pictures.ts"
import { removalsDone } from "./removals.ts"
import { type Person, TestServer } from "./server.ts"
import { upload } from "./upload.ts"

export const picture = (width = 120, height = 80) => Effect.promise(() => jpeg(width, height))

export const add = Effect.fnUntraced(function* (owner: Person, product: { readonly id: string }, bytes?: Uint8Array) {
  const server = yield* TestServer
  return yield* server.send("POST", `/api/v1/products/${product.id}/images`, {
    ...owner,
    ...upload(bytes ?? (yield* picture()))
  })
})

export const added = Effect.fnUntraced(function* (owner: Person, product: { readonly id: string }) {
  const answer = yield* add(owner, product)
  assert.strictEqual(answer.status, 201, answer.text)
  return answer.json.data
})

export const shown = Effect.fnUntraced(function* (product: { readonly id: string }) {
  const { json } = yield* (yield* TestServer).get(`/api/v1/products/${product.id}`)
  return json.data
})

export const keyOf = (url: string) => url.slice(url.indexOf("images/"))

/** An object's bytes, as the store has them. */
export const stored = Effect.fnUntraced(function* (url: string) {
  const store = yield* ObjectStore
  const object = yield* Effect.flatMap(store.get(keyOf(url)), (found) => Effect.fromOption(found))
  assert.strictEqual(object.content_type, "image/webp")
  return Buffer.concat(yield* Stream.runCollect(object.body))
}, Effect.orDie)

/** What is in the store, in the tables and among the temporary files. */
export const everything = Effect.gen(function* () {
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
