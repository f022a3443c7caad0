import { AVERROR_ENOMEM } from "node-av/constants"
import { FFmpegError } from "node-av/lib"
import type { VideoFailure } from "../services/media/errors.ts"

/** Ends the work for a reason that lies in the file. */
export class Refused extends Error {
  readonly reason: VideoFailure
  constructor(reason: VideoFailure, options?: ErrorOptions) {
    super(reason, options)
    this.reason = reason
  }
}

/** What FFmpeg says of the input while it is read. */
export const whileReading = async <A>(read: () => Promise<A>): Promise<A> => {
  try {
    return await read()
  } catch (cause) {
    if (!(cause instanceof FFmpegError)) throw cause
    throw new Refused(cause.code === AVERROR_ENOMEM ? "too_much_memory" : "damaged", { cause })
  }
}
