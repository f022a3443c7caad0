/** Answers that stay as they are while the process lives: encoded once, and the same bytes for everybody. */
import { brotliCompressSync, gzipSync } from "node:zlib"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import { tagOf } from "../../services/precondition.ts"
import { brotliOptions, type Coding, codingOf, gzipOptions } from "./coding.ts"
import { unlessKnown } from "./conditional.ts"
import { entityTag } from "./entityTag.ts"

export const lasting = (bytes: Buffer, contentType: string, headers: Readonly<Record<string, string>>) => {
  const tag = tagOf(bytes)
  const made = new Map<Coding, Buffer>([[undefined, bytes]])
  const bytesIn = (coding: Coding) => {
    const known = made.get(coding)
    if (known !== undefined) return known
    const encoded =
      coding === "br" ? brotliCompressSync(bytes, brotliOptions(bytes.length)) : gzipSync(bytes, gzipOptions)
    made.set(coding, encoded)
    return encoded
  }
  return (request: HttpServerRequest.HttpServerRequest) => {
    const plain = HttpServerResponse.uint8Array(bytes, { contentType })
    const named = unlessKnown(
      request,
      HttpServerResponse.setHeaders(plain, { ...headers, etag: entityTag(tag, undefined) })
    )
    if (named.status === 304) return named
    const coding = codingOf(request.headers["accept-encoding"], bytes.length)
    const response = HttpServerResponse.uint8Array(bytesIn(coding), { contentType })
    return HttpServerResponse.setHeaders(response, {
      ...headers,
      etag: entityTag(tag, coding),
      ...(coding !== undefined && { "content-encoding": coding })
    })
  }
}
