/** Files of objects that a disk has damaged: they are listed, counted and removed like others. */
import { truncate, utimes } from "node:fs/promises"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { Services } from "../../../src/layers/App.ts"
import { objectsIn } from "../../../src/layers/DiskObjects.ts"
import { Collector } from "../../../src/services/media/Collector.ts"
import { ObjectStore } from "../../../src/services/media/ObjectStore.ts"
import { TestDatabase } from "../../support/database.ts"
import { temporaryDirectory } from "../../support/directory.ts"
import { mediaIn } from "../../support/media.ts"

const days = (count: number) => new Date(Date.now() - count * 24 * 3_600_000)

it.live("damaged files do not stop the collector", () =>
  Effect.gen(function* () {
    const dataDir = yield* temporaryDirectory("zst-damaged-")
    const services = Layer.provideMerge(Services, Layer.merge(TestDatabase, mediaIn(dataDir)))
    yield* Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const store = yield* ObjectStore
      const { collect } = yield* Collector
      const put = Effect.fnUntraced(function* (key: string, damaged: boolean) {
        const file = join(objectsIn(dataDir), `${key}@object`)
        yield* store.put(key, Buffer.from("pixels"), { content_type: "image/webp" })
        if (damaged) yield* Effect.promise(() => truncate(file, 300))
        yield* Effect.promise(() => utimes(file, days(3), days(3)))
      })
      const [owner, left] = [SecureRandom.uuidV7Unsafe(), SecureRandom.uuidV7Unsafe()]
      yield* sql`INSERT INTO users (id, clerk_id) VALUES (${owner}, 'user_damaged')`
      yield* sql`INSERT INTO media (id, owner_id, kind, purpose, status, key, created_at, updated_at)
        VALUES (${left}, ${owner}, 'image', 'product', 'ready', ${`images/${left}/original`}, ${days(3)}, ${days(3)})`
      yield* put(`images/${left}/original`, true)
      yield* put(`images/${SecureRandom.uuidV7Unsafe()}/stray`, true)
      yield* put(`images/${SecureRandom.uuidV7Unsafe()}/stray`, false)
      const keys = Effect.map(Stream.runCollect(store.list("images/")), (all) => all.map(({ key }) => key))
      assert.lengthOf(yield* keys, 3)
      assert.deepInclude(yield* collect({ dryRun: true }), { media: 1, objects: 2 })
      assert.deepInclude(yield* collect({ dryRun: false }), { media: 1, objects: 2 })
      assert.deepStrictEqual(yield* keys, [])
    }).pipe(Effect.provide(services))
  })
)
