/**
 * Stands for the server: processes a video, by this worker if it is told one, and says how far it is, how it ended, and how
 * much memory that took.
 */
import { NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import * as NodeAvVideos from "../../../src/layers/NodeAvVideos.ts"
import { Videos } from "../../../src/services/media/Videos.ts"
import { risingAbove } from "../memory.ts"

const [file = "", directory = "", worker] = process.argv.slice(2)

const program = Effect.gen(function* () {
  const videos = yield* Videos
  const rise = risingAbove("self")
  const done = videos.process(file, directory, (percent) => Effect.sync(() => process.stdout.write(`${percent}%\n`)))
  const how = yield* Effect.match(done, { onFailure: ({ reason }) => reason, onSuccess: () => "done" })
  process.stdout.write(`${how} ${Math.ceil(rise())} MB\n`)
})

NodeRuntime.runMain(Effect.provide(program, NodeAvVideos.layer({ program: worker })))
