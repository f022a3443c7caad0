import { Effect, Layer } from "effect"
import { domain, stack } from "../domain.ts"
import { schedule } from "../jobs/schedule.ts"
import { Collector } from "./Collector.ts"
import { mediaCollect, mediaProcess, mediaProcessMore } from "./jobKinds.ts"
import { collectMedia, removeObjects } from "./jobs.ts"
import { limits } from "./limits.ts"
import { MediaFiles } from "./MediaFiles.ts"
import { Pictures } from "./Pictures.ts"
import { PresignedUploads } from "./PresignedUploads.ts"
import { processVideo } from "./processVideo.ts"
import { Removals } from "./Removals.ts"
import { VideoIntake } from "./VideoIntake.ts"
import { VideoUploads } from "./VideoUploads.ts"

export const media = domain({
  name: "media",
  layer: stack(
    Removals.layer,
    Pictures.layer,
    Layer.mergeAll(MediaFiles.layer, VideoIntake.layer, Collector.layer),
    Layer.mergeAll(VideoUploads.layer, PresignedUploads.layer)
  ),
  jobs: Effect.all([processVideo(mediaProcess), processVideo(mediaProcessMore), collectMedia, removeObjects]),
  schedules: [schedule(mediaCollect, "30 4 * * *")],
  limits,
  // Pictures that orders show stay; they are of things.
  people: { "media.owner_id": "anonymised" },
  erase: Effect.map(MediaFiles, ({ eraseOf }) => eraseOf)
})
