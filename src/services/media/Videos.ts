import { Context, type Effect, Schema } from "effect"
import { maxVideoBytes, maxVideoSeconds, maxVideoSide } from "./videoLimits.ts"

/** Why there is no result. All but the last three lie in the file: trying again changes nothing. */
export const VideoFailure = Schema.Literals([
  "not_a_video",
  "unsupported",
  "too_long",
  "too_big",
  "too_many_pixels",
  "no_picture",
  "damaged",
  "took_too_long",
  "too_much_memory",
  "crashed"
])
export type VideoFailure = typeof VideoFailure.Type

/** What its owner is told. */
export const videoFailureMessage: Readonly<Record<VideoFailure, string>> = {
  not_a_video: "This is not a video: MP4, MOV and WebM are taken.",
  unsupported: "This kind of video cannot be handled: send MP4 (H.264 and AAC) instead.",
  too_long: `A video may last ${maxVideoSeconds} seconds at most.`,
  too_big: `A video may have ${maxVideoBytes / 1024 / 1024} MB at most.`,
  too_many_pixels: `A video may be ${maxVideoSide} pixels wide and high at most.`,
  no_picture: "There is no picture in this file.",
  damaged: "The file is damaged or not complete.",
  took_too_long: "Processing the video took too long.",
  too_much_memory: "Processing the video needed too much memory.",
  crashed: "Processing the video stopped unexpectedly."
}

export class VideoFailed extends Schema.TaggedError<VideoFailed>()(
  "VideoFailed",
  { reason: VideoFailure, message: Schema.String },
  { httpApiStatus: 422 }
) {
  static because(reason: VideoFailure) {
    return new VideoFailed({ reason, message: videoFailureMessage[reason] })
  }
}

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
    /** What the file is, from its headers, within 5 seconds. */
    readonly probe: (file: string) => Effect.Effect<VideoProbe, VideoFailed>
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
