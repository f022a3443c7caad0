import { Effect, Layer } from "effect"
import { HttpServerRequest } from "effect/http"
import { HttpApiMiddleware } from "effect/http-api"

/** What a query names without a value is not given: forms, and the page of the contract, send `?page=&limit=`. */
export class GivenQuery extends HttpApiMiddleware.Service<GivenQuery>()("zst/GivenQuery") {
  static readonly layer = Layer.succeed(GivenQuery, (httpEffect) =>
    Effect.flatMap(HttpServerRequest.ParsedSearchParams, (named) => {
      if (!Object.values(named).includes("")) return httpEffect
      const given = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== ""))
      return Effect.provideService(httpEffect, HttpServerRequest.ParsedSearchParams, given)
    })
  )
}
