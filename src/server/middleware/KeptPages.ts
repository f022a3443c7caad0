import { Effect, Layer } from "effect"
import { HttpServerRequest } from "effect/http"
import { HttpApiMiddleware } from "effect/http-api"
import { HotPages } from "../http/HotPages.ts"

/** Keeps what a public list answers, for whoever asks for the same within a second. Innermost, around nothing else. */
export class KeptPages extends HttpApiMiddleware.Service<KeptPages>()("zst/KeptPages") {
  static readonly layer = Layer.effect(
    KeptPages,
    Effect.map(
      HotPages,
      (hot) => (httpEffect) =>
        Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => hot.keep(request, httpEffect))
    )
  )
}
