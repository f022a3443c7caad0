/** WebM and Matroska (RFC 8794, RFC 9559): the type of document, and whether all of it is here. */
import { Refused } from "./failure.ts"

const HEADER = 0x1a45dfa3
const DOC_TYPE = 0x4282
const SEGMENT = 0x18538067
/** What a writer left room for. */
const VOID = 0xec

type Element = { readonly id: number; readonly start: number; readonly length: number; readonly unknown: boolean }

const widthOf = (bytes: Buffer, at: number, most: number) => {
  const width = Math.clz32(bytes[at] ?? 0) - 23
  if (width > most || at + width > bytes.length) throw new Refused("damaged")
  return width
}

const elementAt = (bytes: Buffer, at: number): Element => {
  const idWidth = widthOf(bytes, at, 4)
  const id = bytes.readUIntBE(at, idWidth)
  const sizeAt = at + idWidth
  const width = widthOf(bytes, sizeAt, 8)
  const marked = BigInt(`0x${bytes.toString("hex", sizeAt, sizeAt + width)}`)
  const ones = (1n << BigInt(7 * width)) - 1n
  const length = marked & ones
  return { id, start: sizeAt + width, length: Number(length), unknown: length === ones }
}

export const checkEbml = (head: Buffer, fileSize: number) => {
  const header = elementAt(head, 0)
  const end = header.start + header.length
  if (header.id !== HEADER || end > head.length) throw new Refused("damaged")
  if (!["webm", "matroska"].includes(docTypeIn(head.subarray(0, end), header.start))) throw new Refused("not_a_video")
  let segment = elementAt(head, end)
  while (segment.id === VOID && segment.start + segment.length < head.length) {
    segment = elementAt(head, segment.start + segment.length)
  }
  if (segment.id !== SEGMENT) throw new Refused("damaged")
  if (!segment.unknown && segment.start + segment.length > fileSize) throw new Refused("damaged")
}

const docTypeIn = (header: Buffer, start: number): string => {
  for (let at = start; at < header.length; ) {
    const element = elementAt(header, at)
    const end = element.start + element.length
    if (end > header.length) throw new Refused("damaged")
    if (element.id === DOC_TYPE) return header.toString("latin1", element.start, end).replace(/\0+$/, "")
    at = end
  }
  throw new Refused("not_a_video")
}
