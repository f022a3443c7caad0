import { AVERROR_ENOMEM } from "node-av/constants"
import { FFmpegError } from "node-av/lib"
import { Refused } from "./failure.ts"

/** What FFmpeg says of the input while it is read. */
export const whileReading = async <A>(read: () => Promise<A>): Promise<A> => {
  try {
    return await read()
  } catch (cause) {
    if (!(cause instanceof FFmpegError)) throw cause
    throw new Refused(cause.code === AVERROR_ENOMEM ? "too_much_memory" : "damaged", { cause })
  }
}
