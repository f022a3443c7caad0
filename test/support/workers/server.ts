/** Stands for the server: processes a video, and says how far it is. */
import { NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import * as NodeAvVideos from "../../../src/layers/NodeAvVideos.ts"
import { Videos } from "../../../src/services/media/Videos.ts"

const [file = "", directory = ""] = process.argv.slice(2)

const program = Effect.gen(function* () {
  const videos = yield* Videos
  yield* videos.process(file, directory, (percent) => Effect.sync(() => process.stdout.write(`${percent}%\n`)))
})

NodeRuntime.runMain(Effect.provide(program, NodeAvVideos.layer()))
