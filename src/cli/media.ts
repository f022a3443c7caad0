import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { Collector } from "../services/media/Collector.ts"
import { VideoIntake } from "../services/media/VideoIntake.ts"
import { isUuid } from "../services/model.ts"
import { thousands } from "../services/text.ts"
import { CommandFailed } from "./explain.ts"
import { administer } from "./operator.ts"
import { print, printJson } from "./print.ts"
import { makeProgress } from "./progress.ts"

export type GcOptions = { readonly dryRun?: boolean; readonly json?: boolean }
export type ReprocessOptions = { readonly failed?: boolean; readonly dryRun?: boolean; readonly json?: boolean }

const counted = (count: number, one: string, many: string) => `${thousands(count)} ${count === 1 ? one : many}`

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`

export const gc = ({ dryRun = false, json }: GcOptions) =>
  administer(
    Effect.gen(function* () {
      const collector = yield* Collector
      const found = yield* collector.collect({ dryRun })
      if (json) return printJson({ data: dryRun ? { would_remove: found } : { removed: found } })
      const { media, objects, bytes, stuck } = found
      if (media + objects + stuck === 0) return print("There is nothing to collect.")
      const what = `${counted(media, "upload", "uploads")} and ${counted(objects, "object", "objects")}, ${megabytes(bytes)}`
      print(`${dryRun ? "Would remove" : "Removed"} ${what}.`)
      if (stuck > 0) {
        const videos = counted(stuck, "video whose work ended", "videos whose work ended")
        print(`${dryRun ? "Would mark" : "Marked"} ${videos} without a word as failed.`)
      }
    })
  )

const chosen = Effect.fnUntraced(function* (id: string | undefined) {
  const sql = yield* SqlClient.SqlClient
  if (id === undefined) {
    const rows = yield* sql<{ id: string }>`
      SELECT id FROM media WHERE kind = 'video' AND status = 'failed' AND key IS NOT NULL ORDER BY id`
    return rows.map((row) => row.id)
  }
  const rows = isUuid(id) ? yield* sql`SELECT FROM media WHERE id = ${id} AND kind = 'video' AND key IS NOT NULL` : []
  if (rows.length === 0) return yield* new CommandFailed({ message: `There is no video ${id} with an original.` })
  return [id]
})

export const reprocess = (id: string | undefined, { dryRun, json }: ReprocessOptions) =>
  administer(
    Effect.gen(function* () {
      const videos = yield* VideoIntake
      const ids = yield* chosen(id)
      if (dryRun) {
        if (json) return printJson({ data: { would_reprocess: ids } })
        return print(`Would start the work on ${counted(ids.length, "video", "videos")} again.`)
      }
      const progress = makeProgress("videos", Math.max(1, ids.length))
      for (const each of ids) {
        yield* videos.again(each)
        progress.advance(1)
      }
      progress.end()
      if (json) return printJson({ data: { reprocessing: ids } })
      print(`Started the work on ${counted(ids.length, "video", "videos")} again.`)
    })
  )
