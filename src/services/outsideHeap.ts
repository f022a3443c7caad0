/**
 * V8 looks for what is young and can go when 16 MB of its own are full. Buffers lie outside: with hardly anything inside,
 * a hundred MB of those that a stream went through wait for that. To look takes some milliseconds at most.
 */
import { Stream } from "effect"
import { megabyte } from "./media/limits.ts"

const most = 4 * megabyte
let since = 0

/** Says that buffers of so many bytes were made which are soon let go. */
export const passedThrough = (bytes: number) => {
  since += bytes
  if (since < most) return
  since = 0
  // Node has it where it was started as scripts/lib.mjs says.
  globalThis.gc?.({ type: "minor" })
}

/** The same bytes, said to pass through. */
export const passing = <E, R>(bytes: Stream.Stream<Uint8Array, E, R>) =>
  Stream.map(bytes, (chunk) => {
    passedThrough(chunk.length)
    return chunk
  })
