import { Effect, Layer } from "effect"
import { HttpServerRequest } from "effect/http"
import { HttpApiMiddleware } from "effect/http-api"

/** What a query names without a value is not given: forms, and the page of the contract, send `?page=&limit=`. */
export class GivenQuery extends HttpApiMiddleware.Service<GivenQuery>()("zst/GivenQuery") {
  static readonly layer = Layer.succeed(GivenQuery, (httpEffect) =>
    Effect.updateService(httpEffect, HttpServerRequest.ParsedSearchParams, (given) =>
      Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""))
    )
  )
}
