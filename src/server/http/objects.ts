/** Pictures and videos where this server itself stands in front of the object store. */
import { Effect, Option } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { LocalObjects, type UploadTicket } from "../../services/media/LocalObjects.ts"
import { type ObjectInfo, ObjectStore } from "../../services/media/ObjectStore.ts"
import { isObjectKey, isUploadKey } from "../../services/media/objectKey.ts"
import { receiveUpload } from "../../services/media/receiveUpload.ts"
import { makePlaces } from "../../services/places.ts"
import { isNamedIn } from "./entityTag.ts"
import { failureReply } from "./errorReply.ts"
import { type Failure, failures } from "./failures.ts"
import { rangeIn } from "./range.ts"

const keptForEver = "public, max-age=31536000, immutable"

/** A picture is no page: whatever is in it, nothing in it runs. */
const sandbox = "default-src 'none'; sandbox"

const headersOf = ({ etag, modified }: ObjectInfo) => ({
  etag: `"${etag}"`,
  "last-modified": modified.toUTCString(),
  "cache-control": keptForEver,
  "accept-ranges": "bytes",
  "content-security-policy": sandbox,
  "x-content-type-options": "nosniff"
})

const refused = (failure: Failure, headers: Readonly<Record<string, string>> = {}) =>
  Effect.map(HttpServerRequest.HttpServerRequest, (request) =>
    HttpServerResponse.setHeaders(failureReply(failure, request.headers["x-request-id"] ?? ""), headers)
  )

/** As it is written: keys need no escapes, and what is escaped is none. */
const pathOf = (url: string) => url.split("?", 1)[0] ?? ""

const show = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  const store = yield* ObjectStore
  const { isServedHere } = yield* LocalObjects
  const key = pathOf(request.url).slice("/media/".length)
  if (!isServedHere || !isObjectKey(key) || isUploadKey(key)) return yield* refused(failures.notFound)
  const info = Option.getOrUndefined(yield* store.head(key))
  if (info === undefined) return yield* refused(failures.notFound)

  const headers = headersOf(info)
  if (isNamedIn(request.headers["if-none-match"], info.etag)) return HttpServerResponse.empty({ status: 304, headers })
  const range = rangeIn(request.headers, info)
  if (range === "none") return yield* refused(failures.range, { "content-range": `bytes */${info.size}` })

  const object = Option.getOrUndefined(yield* store.get(key, range))
  if (object === undefined) return yield* refused(failures.notFound)
  return HttpServerResponse.stream(object.body, {
    contentType: info.content_type,
    contentLength: range === undefined ? info.size : range.end - range.start + 1,
    status: range === undefined ? 200 : 206,
    headers: {
      ...headers,
      ...(range === undefined ? {} : { "content-range": `bytes ${range.start}-${range.end}/${info.size}` })
    }
  })
})

/** An address takes one file, and once more while nobody knows yet that the first time was cut off. */
const placeOf = makePlaces<string>(2)

const receive = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  const { isServedHere } = yield* LocalObjects
  if (!isServedHere) return yield* refused(failures.notFound)
  const length = request.headers["content-length"]
  const ticket = ticketIn(request.url)
  yield* placeOf(ticket.key)
  yield* receiveUpload(ticket, {
    content_type: request.headers["content-type"],
    content_length: length === undefined ? undefined : Number(length),
    body: request.stream
  })
  return HttpServerResponse.empty({ status: 200, headers: { "cache-control": "no-store" } })
}).pipe(Effect.scoped)

const ticketIn = (url: string): UploadTicket => {
  const query = new URLSearchParams(url.slice(pathOf(url).length))
  const given = (name: string) => query.get(name) ?? ""
  return {
    key: pathOf(url).slice(1),
    content_type: given("content_type"),
    size: Number(given("size")),
    expires: Number(given("expires")),
    signature: given("signature")
  }
}

export const objectRoutes = [
  HttpRouter.route("GET", "/media/*", show),
  HttpRouter.route("PUT", "/uploads/*", receive)
] as const
