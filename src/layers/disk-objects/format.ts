/**
 * A file holds an object's bytes, and after them 512 bytes that say the rest: one rename puts both in place, so that
 * they can never belong to different writes. What reads pictures and videos passes over what comes after them.
 */
import type { FileHandle } from "node:fs/promises"
import { Option, Schema } from "effect"
import type { ListedObject, ObjectInfo } from "../../services/media/ObjectStore.ts"

const trailerLength = 512

const Trailer = Schema.fromJsonString(Schema.Struct({ content_type: Schema.String, etag: Schema.String }))
type Trailer = typeof Trailer.Type

const encode = Schema.encodeSync(Trailer)
const decode = Schema.decodeUnknownOption(Trailer)

export const trailerOf = (trailer: Trailer) => {
  const bytes = Buffer.alloc(trailerLength, " ")
  const text = encode(trailer)
  if (Buffer.byteLength(text) > trailerLength) throw new Error("The content type is too long")
  bytes.write(text)
  return bytes
}

/** What nobody can read any more is still there to be listed and removed. */
export class DamagedObject extends Error {
  readonly listed: ListedObject
  constructor(listed: ListedObject) {
    super(`The file of ${listed.key} is damaged`)
    this.listed = listed
  }
}

export const readInfo = async (file: FileHandle, key: string): Promise<ObjectInfo> => {
  const { size: length, mtime: modified } = await file.stat()
  const size = length - trailerLength
  const bytes = Buffer.alloc(trailerLength)
  if (size >= 0) await file.read(bytes, 0, trailerLength, size)
  const trailer = decode(bytes.toString())
  if (Option.isNone(trailer)) throw new DamagedObject({ key, size: length, modified, etag: "" })
  return { key, size, modified, ...trailer.value }
}
