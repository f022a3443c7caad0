import { Clock, Context, Effect, Layer, Option, Schema, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { JobRecords } from "../jobs/JobRecords.ts"
import { patiently, usualPatience } from "../patience.ts"
import { Uses } from "../Uses.ts"
import { mediaProcess, mediaProcessMore, stoppedUnexpectedly } from "./jobKinds.ts"
import { LocalObjects } from "./LocalObjects.ts"
import { byProbes, isLeft } from "./leftSql.ts"
import { asFailed, keysOf, type MediaRow, mediaColumns } from "./mediaSql.ts"
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

/** Beside uploads under way: nothing is touched that is younger. */
const objectAge = 24 * 60 * 60 * 1000

/** Rows that are looked at in one statement, which may take no longer than one of a request. */
const step = 1000
const objectsAtOnce = 500

export class Collector extends Context.Service<
  Collector,
  {
    /**
     * Removes what nothing refers to, or says what it would remove. Safe beside uploads, and beside another one. Walks by
     * id, so that a step takes as long whatever there is to walk through.
     */
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
      const left = sql.literal(isLeft(yield* Uses))
      const columns = sql.literal(mediaColumns)

      const idsAfter = (last: string) =>
        sql<{ id: string }>`SELECT id FROM media WHERE id > ${last}::uuid ORDER BY id LIMIT ${step}`.pipe(
          Effect.map((rows) => rows.map(({ id }) => id)),
          Effect.orDie
        )

      const leftOf = (ids: ReadonlyArray<string>) =>
        sql<MediaRow>`SELECT ${columns} FROM media m WHERE m.id = ANY(${ids}::uuid[]) AND ${left}`.pipe(
          patiently(sql, usualPatience, byProbes),
          Effect.orDie
        )

      /** Of these, those that are left over, with the removal of their objects. */
      const dropped = Effect.fnUntraced(
        function* (ids: ReadonlyArray<string>) {
          const gone = yield* sql<MediaRow>`
            DELETE FROM media m WHERE m.id = ANY(${ids}::uuid[]) AND ${left} RETURNING ${columns}`
          yield* removals.after(gone.flatMap(keysOf))
          return gone
        },
        patiently(sql, usualPatience, byProbes),
        Effect.orDie
      )

      /** Videos that no job works on any more: it died with its process, or was dropped. */
      const markStuck = Effect.fnUntraced(function* (dryRun: boolean) {
        const processing = yield* sql<{ id: string }>`SELECT id FROM media WHERE status = 'processing'`
        // Read afterwards: a row becomes `processing` together with its job.
        const open = yield* Effect.forEach([mediaProcess, mediaProcessMore], ({ name }) => records.open(name))
        const worked = new Set(open.flat().flatMap(mediaOf))
        const stuck = processing.map(({ id }) => id).filter((id) => !worked.has(id))
        if (dryRun || stuck.length === 0) return stuck.length
        const marked = yield* sql`
          UPDATE media SET ${sql.literal(asFailed)}, error = ${stoppedUnexpectedly}, updated_at = now()
          WHERE id = ANY(${stuck}::uuid[]) AND status = 'processing' RETURNING id`
        return marked.length
      }, Effect.orDie)

      // What has just been removed is not listed; what a rehearsal would remove has a row that names it.
      const strays = (prefix: string, before: number) =>
        store.list(prefix).pipe(
          Stream.filter(({ modified }) => modified.getTime() < before),
          Stream.grouped(objectsAtOnce),
          Stream.mapEffect((objects) =>
            Effect.map(removals.named(objects.map(({ key }) => key)), (kept) =>
              objects.filter(({ key }) => !kept.has(key))
            )
          )
        )

      const collect = Effect.fn("Collector.collect")(function* ({ dryRun }: { readonly dryRun: boolean }) {
        const stuck = yield* markStuck(dryRun)
        let [media, objects, bytes] = [0, 0, 0]
        let last = "00000000-0000-0000-0000-000000000000"
        for (;;) {
          const ids: ReadonlyArray<string> = yield* idsAfter(last)
          const rows = yield* dryRun ? leftOf(ids) : dropped(ids)
          const released = rows.flatMap(keysOf)
          for (const key of released) {
            // Only to be counted: a file that is damaged leaves like the others.
            const info = yield* Effect.orElseSucceed(store.head(key), Option.none)
            if (info._tag === "None") continue
            objects++
            bytes += info.value.size
          }
          if (!dryRun) yield* removals.remove(released)
          media += rows.length
          last = ids.at(-1) ?? last
          if (ids.length < step) break
        }
        const before = (yield* Clock.currentTimeMillis) - objectAge
        for (const prefix of ["images/", "videos/", "uploads/"]) {
          yield* Stream.runForEach(strays(prefix, before), (found) => {
            objects += found.length
            bytes += found.reduce((sum, { size }) => sum + size, 0)
            return dryRun ? Effect.void : store.remove(found.map(({ key }) => key))
          })
        }
        if (!dryRun) objects += yield* local.prune
        return { media, objects, bytes, stuck }
      })

      return Collector.of({ collect })
    })
  )
}

const decodeProcess = Schema.decodeUnknownOption(Schema.fromJsonString(mediaProcess.payload))
const mediaOf = (payload: string) =>
  Option.match(decodeProcess(payload), { onNone: () => [], onSome: ({ media_id }) => [media_id] })
