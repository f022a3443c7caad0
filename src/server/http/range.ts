/** `Range` and `If-Range` (RFC 9110, 14.2 and 13.1.5). */
import type { ByteRange, ObjectInfo } from "../../services/media/ObjectStore.ts"
import { rangeWithin } from "../../services/media/range.ts"

type Headers = Readonly<Record<string, string | undefined>>

const single = /^bytes=(\d{0,15})-(\d{0,15})$/

/** The part that is asked for, "none" if there is no such part; undefined for the whole, which answers several, too. */
export const rangeIn = (headers: Headers, { size, etag }: ObjectInfo): ByteRange | undefined | "none" => {
  const ifRange = headers["if-range"]
  if (ifRange !== undefined && ifRange.trim() !== `"${etag}"`) return undefined
  const [, first, last] = single.exec(headers.range?.trim() ?? "") ?? []
  if (first === undefined || last === undefined || first + last === "") return undefined
  if (first === "") return lastBytes(size, Number(last))
  if (last !== "" && Number(last) < Number(first)) return undefined
  return rangeWithin(size, { start: Number(first), end: last === "" ? size - 1 : Number(last) })
}

const lastBytes = (size: number, count: number) =>
  count === 0 || size === 0 ? "none" : { start: Math.max(0, size - count), end: size - 1 }
