import { Effect, Layer, Option } from "effect"
import { HttpServerRequest } from "effect/http"
import { HttpApiMiddleware } from "effect/http-api"
import { Tokens } from "../../services/auth/Tokens.ts"
import { subscriberOf } from "../../services/networks.ts"
import { HotPages } from "../http/HotPages.ts"
import { bearerOf } from "./Authentication.ts"
import { ListTurns } from "./turns.ts"

/** Keeps what a public list answers, for whoever asks for the same within a second. Innermost, around nothing else. */
export class KeptPages extends HttpApiMiddleware.Service<KeptPages>()("zst/KeptPages") {
  static readonly layer = Layer.effect(
    KeptPages,
    Effect.gen(function* () {
      const hot = yield* HotPages
      const { inTurn } = yield* ListTurns
      const tokens = yield* Tokens
      const networkOf = ({ remoteAddress }: HttpServerRequest.HttpServerRequest) =>
        Effect.succeed(subscriberOf(Option.getOrElse(remoteAddress, () => "")))
      /** Many share an address: whoever has signed in waits for nobody there. */
      const whose = (request: HttpServerRequest.HttpServerRequest) => {
        const { authorization } = request.headers
        if (authorization === undefined) return networkOf(request)
        return Effect.matchEffect(tokens.verify(bearerOf(authorization)), {
          onSuccess: ({ clerk_id }) => Effect.succeed(`clerk ${clerk_id}`),
          onFailure: () => networkOf(request)
        })
      }
      return (httpEffect) =>
        Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
          // A page is as old as its read: what is waited for before it does not count.
          Effect.flatMap(whose(request), (key) => inTurn(key)(hot.keep(request, httpEffect)))
        )
    })
  )
}
