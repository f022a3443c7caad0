/** Boxes, of which files of the ISO base media format are made: videos, and HEIC and AVIF pictures. */
import { Refused } from "./failure.ts"

export type Box = { readonly type: string; readonly start: number; readonly end: number }

/** `head` is the first 16 bytes of a box that begins at `at` and may reach to `limit`. */
export const boxAt = (head: Buffer, at: number, limit: number): Box => {
  const size = head.length < 8 ? 0 : head.readUInt32BE(0)
  const type = head.toString("latin1", 4, 8)
  if (head.length >= 8 && size === 0) return { type, start: at + 8, end: limit }
  const wide = size === 1 && head.length >= 16
  const length = wide ? Number(head.readBigUInt64BE(8)) : size
  const start = at + (wide ? 16 : 8)
  if (at + length < start) throw new Refused("damaged")
  return { type, start, end: at + length }
}
