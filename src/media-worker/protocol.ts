/** What the server and the worker tell each other. The worker is not trusted: what it says is decoded. */
import { Schema } from "effect"
import { VideoFailure } from "../services/media/errors.ts"
import { RenditionName, VideoProbe } from "../services/media/Videos.ts"

/** The descriptor of their pipe in the worker. */
export const channelFd = 3

export type PictureTask = {
  readonly type: "picture"
  readonly format: "heic" | "avif"
  readonly file: string
  readonly output: string
  readonly longest: number
}

export type Task =
  | PictureTask
  | { readonly type: "probe"; readonly file: string }
  | { readonly type: "process"; readonly file: string; readonly directory: string }

const Size = { width: Schema.Int, height: Schema.Int }

export const Said = Schema.Union([
  Schema.Struct({ type: Schema.Literal("ready") }),
  Schema.Struct({ type: Schema.Literal("probed"), probe: VideoProbe }),
  Schema.Struct({ type: Schema.Literal("progress"), percent: Schema.Int }),
  Schema.Struct({
    type: Schema.Literal("done"),
    duration_ms: Schema.Int,
    poster: Schema.Struct(Size),
    renditions: Schema.NonEmptyArray(Schema.Struct({ name: RenditionName, ...Size }))
  }),
  Schema.Struct({ type: Schema.Literal("converted") }),
  Schema.Struct({ type: Schema.Literal("refused"), reason: VideoFailure }),
  Schema.Struct({ type: Schema.Literal("crashed"), detail: Schema.String })
])
export type Said = typeof Said.Type
