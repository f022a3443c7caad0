import { Context, type Effect, Schema } from "effect"
import type { UserId } from "../auth/model.ts"
import type { Unavailable } from "../errors.ts"
import type { VideoFailed } from "./errors.ts"

/** As it is shown, that is, turned the way its metadata says. `duration_ms` is 0 when the file does not say. */
export const VideoProbe = Schema.Struct({ duration_ms: Schema.Int, width: Schema.Int, height: Schema.Int })
export type VideoProbe = typeof VideoProbe.Type

/** By the shorter side; a smaller source keeps its own size under the first name. */
export const RenditionName = Schema.Literals(["540p", "720p"])
export type RenditionName = typeof RenditionName.Type

/** `file` is a path in the directory that the caller named. */
export type VideoFile = { readonly file: string; readonly width: number; readonly height: number }
export type Rendition = VideoFile & { readonly name: RenditionName }

/** `duration_ms` is measured here, whatever the file says. */
export type ProcessedVideo = VideoProbe & { readonly poster: VideoFile; readonly renditions: ReadonlyArray<Rendition> }

/**
 * Reads what strangers upload, in a process of its own which nothing in the file can carry beyond its limits of time
 * and memory, and which ends when the fiber that asked is interrupted.
 */
export class Videos extends Context.Service<
  Videos,
  {
    /** What the file is, from its headers, within 5 seconds of its turn; the turns of one user come after others' first. */
    readonly probe: (user: UserId, file: string) => Effect.Effect<VideoProbe, VideoFailed | Unavailable>
    /**
     * Writes a JPEG poster and H.264/AAC MP4 renditions into a directory that exists; nothing of them stays there after
     * a failure. `onProgress` gets whole percents that only rise. A call waits for its turn.
     */
    readonly process: (
      file: string,
      directory: string,
      onProgress: (percent: number) => Effect.Effect<void>
    ) => Effect.Effect<ProcessedVideo, VideoFailed>
  }
>()("zst/media/Videos") {}
