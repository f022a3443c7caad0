/** Answers with an ETag, and the short answer to whoever has the body already. */
import { Effect } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import { tagOf } from "../../services/precondition.ts"
import { codingOf } from "./coding.ts"
import { entityTag, isNamedIn, tagsIn } from "./entityTag.ts"

/** Sets these headers, and the ETag of an answer whose bytes are at hand; one that it has stays. */
export const tagged = (response: HttpServerResponse.HttpServerResponse, headers: Readonly<Record<string, string>>) =>
  HttpServerResponse.setHeaders(
    response,
    response.body._tag !== "Uint8Array" || response.headers.etag !== undefined
      ? headers
      : { ...headers, etag: entityTag(tagOf(response.body.text ?? response.body.body), undefined) }
  )

const bareTag = (etag: string) => tagsIn(etag)[0]?.tag ?? ""

/** 304 when the request names the answer's tag: the headers that a cache renews, and no body. */
export const unlessKnown = (
  request: HttpServerRequest.HttpServerRequest,
  response: HttpServerResponse.HttpServerResponse
) => {
  const ifNoneMatch = request.headers["if-none-match"]
  const { etag } = response.headers
  if (ifNoneMatch === undefined || etag === undefined || !isRead(request)) return response
  const tag = bareTag(etag)
  if (!isNamedIn(ifNoneMatch, tag)) return response
  const { "content-type": _, "content-length": length, ...headers } = response.headers
  const coding = codingOf(request.headers["accept-encoding"], Number(length))
  return HttpServerResponse.empty({ status: 304, headers: { ...headers, etag: entityTag(tag, coding) } })
}

const isRead = ({ method }: HttpServerRequest.HttpServerRequest) => method === "GET" || method === "HEAD"

/** After compression, which makes a tag weak: says the coding in it instead. */
export const tagCoding = (_: unknown, response: HttpServerResponse.HttpServerResponse) => {
  const { etag, "content-encoding": coding } = response.headers
  return Effect.succeed(
    etag === undefined || (coding !== "br" && coding !== "gzip")
      ? response
      : HttpServerResponse.setHeader(response, "etag", entityTag(bareTag(etag), coding))
  )
}
