import { Array as Arr, Context, Duration, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient, type SqlError } from "effect/sql"
import { Jobs } from "../jobs/Jobs.ts"
import { isUuid } from "../model.ts"
import { mediaRemove } from "./jobKinds.ts"
import { uploadIsOverSeconds } from "./limits.ts"
import { keysOf, type MediaRow, mediaColumns } from "./mediaSql.ts"
import { ObjectStore, type ObjectStoreError } from "./ObjectStore.ts"
import { isUploadKey } from "./objectKey.ts"

/** Longer than any work takes from its first object to the row that names them. */
const workLimit = "1 hour"

/** Until then it may be written again. */
const addressLimit = Duration.seconds(uploadIsOverSeconds)

const most = 200

/**
 * How objects leave: a removal is a job, written before or with what makes it necessary, and looks again whether a row names
 * them before it is done. So no object goes whose row stays, whoever dies or leaves when, and none stays for long.
 */
export class Removals extends Context.Service<
  Removals,
  {
    /** In the transaction that drops what named them. What clients write goes when their address is dead. */
    readonly after: (keys: ReadonlyArray<string>) => Effect.Effect<void, SqlError.SqlError>
    /** Before they are written: they go when no row names them in an hour. */
    readonly unlessNamed: (keys: ReadonlyArray<string>) => Effect.Effect<void, SqlError.SqlError>
    /** Removes those of these that no row names. */
    readonly remove: (keys: ReadonlyArray<string>) => Effect.Effect<void, ObjectStoreError>
    /** Of these keys, those that a row names. */
    readonly named: (keys: ReadonlyArray<string>) => Effect.Effect<ReadonlySet<string>>
  }
>()("zst/media/Removals") {
  static readonly layer = Layer.effect(
    Removals,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const store = yield* ObjectStore
      const jobs = yield* Jobs

      const offer = (all: ReadonlyArray<string>, delay?: Duration.Input) =>
        Effect.forEach(
          Arr.chunksOf([...new Set(all)], most),
          (keys) =>
            jobs.offer(mediaRemove, { keys }, { id: `${mediaRemove.name}/${SecureRandom.uuidV7Unsafe()}`, delay }),
          { discard: true }
        )

      const named = Effect.fn("Removals.named")(function* (keys: ReadonlyArray<string>) {
        const ids = [...new Set(keys.flatMap((key) => idIn(key) ?? []))]
        const rows = yield* sql<MediaRow>`
          SELECT ${sql.literal(mediaColumns)} FROM media m WHERE m.id = ANY(${ids}::uuid[])`
        return new Set(rows.flatMap(keysOf))
      }, Effect.orDie)

      const remove = Effect.fn("Removals.remove")(function* (keys: ReadonlyArray<string>) {
        const kept = yield* named(keys)
        yield* store.remove(keys.filter((key) => !kept.has(key)))
      })

      const after = Effect.fnUntraced(function* (keys: ReadonlyArray<string>) {
        yield* offer(keys.filter((key) => !isUploadKey(key)))
        yield* offer(keys.filter(isUploadKey), addressLimit)
      })

      return Removals.of({
        after,
        unlessNamed: (keys) => offer(keys, workLimit),
        remove,
        named
      })
    })
  )
}

/** Keys are `<what>/<media id>/<which>`. */
const idIn = (key: string) => {
  const id = key.split("/")[1] ?? ""
  return isUuid(id) ? id : undefined
}
