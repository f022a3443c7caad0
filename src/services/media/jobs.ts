import { Effect } from "effect"
import { jobHandler } from "../jobs/Jobs.ts"
import { Collector } from "./Collector.ts"
import { mediaCollect, mediaRemove } from "./jobKinds.ts"
import { Removals } from "./Removals.ts"

export const removeObjects = Effect.map(Removals, ({ remove }) => jobHandler(mediaRemove, ({ keys }) => remove(keys)))

/** Removes what nothing refers to, as `zst media gc` does. */
export const collectMedia = Effect.map(Collector, (collector) =>
  jobHandler(
    mediaCollect,
    Effect.fnUntraced(function* () {
      const { media, objects, bytes, stuck } = yield* collector.collect({ dryRun: false })
      if (media + objects + stuck === 0) return
      yield* Effect.logInfo("media collected").pipe(Effect.annotateLogs({ media, objects, bytes, stuck }))
    })
  )
)
