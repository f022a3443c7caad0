import { Effect, Layer } from "effect"
import { HttpServerRequest } from "effect/http"
import { HttpApiMiddleware } from "effect/http-api"

/** What a query names without a value is not given: forms, and the page of the contract, send `?page=&limit=`. */
export class GivenQuery extends HttpApiMiddleware.Service<GivenQuery>()("zst/GivenQuery") {
  static readonly layer = Layer.succeed(GivenQuery, (httpEffect) =>
    Effect.flatMap(HttpServerRequest.ParsedSearchParams, (named) => {
      const entries = Object.entries(named)
      const given = entries.filter(([, value]) => value !== "")
      return given.length === entries.length
        ? httpEffect
        : Effect.provideService(httpEffect, HttpServerRequest.ParsedSearchParams, Object.fromEntries(given))
    })
  )
}
