import { Context, type Effect } from "effect"
import type { UserId } from "../auth/model.ts"
import type { Unavailable } from "../errors.ts"
import type { ImageFormatUnsupported, ImageTooLarge, ImageUnreadable } from "./errors.ts"

/** A file that stays where it is until the work is done, or its bytes. */
export type ImageSource = { readonly path: string } | { readonly bytes: Uint8Array }

/** What is to be made of a picture: at most so many pixels on the longest side, never enlarged. */
export type Rendition = {
  readonly name: string
  readonly longest: number
  /** The middle of it, as a square. */
  readonly square?: boolean
  /** 1 to 100. */
  readonly quality: number
  /** 0 to 6: how much time its size is worth. */
  readonly effort: number
}

/** A picture of our own making, as WebP: upright, in sRGB, without any metadata. */
export type RenderedImage = {
  readonly name: string
  readonly bytes: Uint8Array
  readonly width: number
  readonly height: number
}

export type ImageRefused = ImageFormatUnsupported | ImageTooLarge | ImageUnreadable

export class Images extends Context.Service<
  Images,
  {
    /**
     * Reads a JPEG, HEIC, PNG, WebP or AVIF picture of at most so many megapixels (limits.ts), decided by its content, and makes each of these
     * of it. Nothing of what was sent is in what comes out but its first frame's pixels. Waits for its turn: memory and
     * time are bounded however many ask. A user has two at once; another's first comes before the same user's second.
     */
    readonly render: (
      owner: UserId,
      source: ImageSource,
      renditions: ReadonlyArray<Rendition>
    ) => Effect.Effect<ReadonlyArray<RenderedImage>, ImageRefused | Unavailable>
  }
>()("zst/media/Images") {}
