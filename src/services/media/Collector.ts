import { Array as Arr, Clock, Context, Effect, Layer, Option, Schema, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { JobRecords } from "../jobs/JobRecords.ts"
import { patiently } from "../patience.ts"
import { Uses } from "../Uses.ts"
import { mediaProcess, stoppedUnexpectedly } from "./jobKinds.ts"
import { LocalObjects } from "./LocalObjects.ts"
import { keysOf, type MediaRow, mediaColumns } from "./mediaSql.ts"
import { ObjectStore, type ObjectStoreError } from "./ObjectStore.ts"
import { Removals } from "./Removals.ts"

export type Collected = {
  /** Rows of uploads that were never completed, or that nothing shows. */
  readonly media: number
  readonly objects: number
  readonly bytes: number
  /** Videos whose work ended without a word, marked as failed. */
  readonly stuck: number
}

/** Beside uploads under way: nothing is touched that is younger. A video waits longer for its reel than a picture. */
const uncompletedAfter = "24 hours"
const unusedImageAfter = "24 hours"
const unusedVideoAfter = "7 days"
const objectAge = 24 * 60 * 60 * 1000

const batch = 500

export class Collector extends Context.Service<
  Collector,
  {
    /** Removes what nothing refers to, or says what it would remove. Safe beside uploads, and beside another one. */
    readonly collect: (options: { readonly dryRun: boolean }) => Effect.Effect<Collected, ObjectStoreError>
  }
>()("zst/media/Collector") {
  static readonly layer = Layer.effect(
    Collector,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const store = yield* ObjectStore
      const local = yield* LocalObjects
      const records = yield* JobRecords
      const removals = yield* Removals
      const isUnused = (yield* Uses).isUnused("media", "m")

      const isLeft = sql.literal(`(
        (m.status = 'uploading' AND m.created_at < now() - interval '${uncompletedAfter}')
        OR (m.updated_at < now() - CASE m.kind WHEN 'image' THEN interval '${unusedImageAfter}'
          ELSE interval '${unusedVideoAfter}' END AND ${isUnused}))`)

      const columns = sql.literal(mediaColumns)

      const unused = sql<MediaRow>`SELECT ${columns} FROM media m WHERE ${isLeft}`.pipe(
        patiently(sql, "5 minutes"),
        Effect.orDie
      )

      /** Of these, those that are still left over, with the removal of their objects. */
      const dropped = Effect.fnUntraced(
        function* (rows: ReadonlyArray<MediaRow>) {
          const ids = rows.map(({ id }) => id)
          const gone = yield* sql<MediaRow>`
            DELETE FROM media m WHERE m.id = ANY(${ids}::uuid[]) AND ${isLeft} RETURNING ${columns}`
          yield* removals.after(gone.flatMap(keysOf))
          return gone
        },
        sql.withTransaction,
        Effect.orDie
      )

      /** Videos that no job works on any more: it died with its process, or was dropped. */
      const markStuck = Effect.fnUntraced(function* (dryRun: boolean) {
        const processing = yield* sql<{ id: string }>`SELECT id FROM media WHERE status = 'processing'`
        // Read afterwards: a row becomes `processing` together with its job.
        const worked = new Set((yield* records.open(mediaProcess.name)).flatMap(mediaOf))
        const stuck = processing.map(({ id }) => id).filter((id) => !worked.has(id))
        if (dryRun || stuck.length === 0) return stuck.length
        const marked = yield* sql`
          UPDATE media SET status = 'failed', error = ${stoppedUnexpectedly}, updated_at = now()
          WHERE id = ANY(${stuck}::uuid[]) AND status = 'processing' RETURNING id`
        return marked.length
      }, Effect.orDie)

      const strays = (prefix: string, known: ReadonlySet<string>, before: number) =>
        store.list(prefix).pipe(
          Stream.filter(({ key, modified }) => !known.has(key) && modified.getTime() < before),
          Stream.grouped(batch),
          Stream.mapEffect((objects) =>
            Effect.map(removals.named(objects.map(({ key }) => key)), (kept) =>
              objects.filter(({ key }) => !kept.has(key))
            )
          )
        )

      const collect = Effect.fn("Collector.collect")(function* ({ dryRun }: { readonly dryRun: boolean }) {
        const stuck = yield* markStuck(dryRun)
        const found = yield* unused
        const rows = dryRun ? found : (yield* Effect.forEach(Arr.chunksOf(found, batch), dropped)).flat()
        const released = rows.flatMap(keysOf)
        let objects = 0
        let bytes = 0
        for (const key of released) {
          const info = yield* store.head(key)
          if (info._tag === "None") continue
          objects++
          bytes += info.value.size
        }
        if (!dryRun) yield* Effect.forEach(Arr.chunksOf(released, batch), removals.remove)
        const known = new Set(released)
        const before = (yield* Clock.currentTimeMillis) - objectAge
        for (const prefix of ["images/", "videos/", "uploads/"]) {
          yield* Stream.runForEach(strays(prefix, known, before), (found) => {
            objects += found.length
            bytes += found.reduce((sum, { size }) => sum + size, 0)
            return dryRun ? Effect.void : store.remove(found.map(({ key }) => key))
          })
        }
        if (!dryRun) objects += yield* local.prune
        return { media: rows.length, objects, bytes, stuck }
      })

      return Collector.of({ collect })
    })
  )
}

const decodeProcess = Schema.decodeUnknownOption(Schema.fromJsonString(mediaProcess.payload))
const mediaOf = (payload: string) =>
  Option.match(decodeProcess(payload), { onNone: () => [], onSome: ({ media_id }) => [media_id] })
