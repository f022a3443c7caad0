import type { ByteRange } from "./ObjectStore.ts"

/** What there is of what was asked for; "none" when it begins past the end. */
export const rangeWithin = (size: number, asked: ByteRange | undefined): ByteRange | undefined | "none" => {
  if (asked === undefined) return undefined
  const end = Math.min(asked.end, size - 1)
  return asked.start < 0 || asked.start > end ? "none" : { start: asked.start, end }
}
