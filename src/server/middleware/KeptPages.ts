import { Effect, Layer, Option } from "effect"
import { HttpServerRequest } from "effect/http"
import { HttpApiMiddleware } from "effect/http-api"
import { subscriberOf } from "../../services/networks.ts"
import { HotPages } from "../http/HotPages.ts"
import { ListTurns } from "./turns.ts"

/** Keeps what a public list answers, for whoever asks for the same within a second. Innermost, around nothing else. */
export class KeptPages extends HttpApiMiddleware.Service<KeptPages>()("zst/KeptPages") {
  static readonly layer = Layer.effect(
    KeptPages,
    Effect.gen(function* () {
      const hot = yield* HotPages
      const { inTurn } = yield* ListTurns
      return (httpEffect) =>
        Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
          const network = subscriberOf(Option.getOrElse(request.remoteAddress, () => ""))
          // A page is as old as its read: what is waited for before it does not count.
          return inTurn(network)(hot.keep(request, httpEffect))
        })
    })
  )
}
