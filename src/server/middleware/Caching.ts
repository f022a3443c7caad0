import { Context, Effect, Layer, SchemaAST } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { type HttpApiEndpoint, HttpApiMiddleware } from "effect/http-api"
import { keptByNobody, SharedCache } from "../api/caching.ts"
import { tagged, unlessKnown } from "../http/conditional.ts"
import { MaybeSignedIn } from "./Authentication.ts"

/** Says of every answer who may keep it, gives reads their ETag, and answers 304 to whoever has the body. */
export class Caching extends HttpApiMiddleware.Service<Caching>()("zst/Caching") {
  static readonly layer = Layer.succeed(Caching, (httpEffect, { endpoint }) => {
    const headersOf = headersFor(endpoint)
    const isTagged = showsResource(endpoint)
    return Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
      Effect.map(httpEffect, (response) => {
        if (response.status >= 400) return HttpServerResponse.setHeader(response, "cache-control", "no-store")
        const headers = headersOf(request)
        return isTagged && response.status === 200
          ? unlessKnown(request, tagged(response, headers))
          : HttpServerResponse.setHeaders(response, headers)
      })
    )
  })
}

/** What a change answers is tagged where the tag can be the condition of the next one. */
const showsResource = ({ method, headers }: HttpApiEndpoint.Top) =>
  method === "GET" ||
  (headers !== undefined &&
    SchemaAST.isObjects(headers.ast) &&
    headers.ast.propertySignatures.some(({ name }) => name === "if-match"))

const ofOneAlone = { "cache-control": keptByNobody, vary: "Accept-Encoding" }

const headersFor = ({ annotations, middlewares }: HttpApiEndpoint.Top) => {
  const shared = Context.getOrUndefined(annotations, SharedCache)
  if (shared === undefined) return () => ofOneAlone
  const vary = middlewares.has(MaybeSignedIn) ? "Accept-Encoding, Authorization" : "Accept-Encoding"
  const anonymous = { "cache-control": shared, vary }
  const personal = { ...ofOneAlone, vary }
  return ({ headers }: HttpServerRequest.HttpServerRequest) =>
    headers.authorization === undefined && headers["x-order-token"] === undefined ? anonymous : personal
}
