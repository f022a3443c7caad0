import { Context, Effect, Layer, Redacted, SchemaAST } from "effect"
import { HttpServerRequest } from "effect/http"
import { type HttpApiEndpoint, HttpApiMiddleware, HttpApiSecurity } from "effect/http-api"
import { AccountClosed, InvalidToken, Unauthenticated } from "../../services/auth/errors.ts"
import type { Caller, UserId } from "../../services/auth/model.ts"
import { Tokens } from "../../services/auth/Tokens.ts"
import { Users } from "../../services/auth/Users.ts"
import { Unavailable } from "../../services/errors.ts"
import { Patient } from "./limits.ts"
import { RateLimitExceeded, RateLimiting } from "./RateLimiting.ts"
import { LeavingTurns, ListTurns, makeTurns } from "./turns.ts"

/** The signed-in user that makes the request. */
export class CurrentUser extends Context.Service<CurrentUser, Caller>()("zst/CurrentUser") {}

/** The user that makes the request, if it came with a token. */
export class Visitor extends Context.Service<Visitor, { readonly caller: Caller | undefined }>()("zst/Visitor") {}

const errors = [InvalidToken, Unauthenticated, AccountClosed, Unavailable, RateLimitExceeded] as const

/** Requires a token. */
export class SignedIn extends HttpApiMiddleware.Service<SignedIn, { provides: CurrentUser | Visitor }>()(
  "zst/SignedIn",
  {
    security: { bearer: HttpApiSecurity.bearer },
    error: errors
  }
) {
  static readonly layer = Layer.effect(
    SignedIn,
    Effect.gen(function* () {
      const identify = yield* identifier
      const { hold } = yield* RateLimiting
      const alone = makeTurns<UserId>(1)
      const leaving = yield* LeavingTurns
      const lists = yield* ListTurns
      const inTurn = (endpoint: HttpApiEndpoint.Top, { id, role }: Caller) => {
        if (Context.get(endpoint.annotations, Patient)) {
          return role === "admin"
            ? alone(id)
            : <A, E, R>(work: Effect.Effect<A, E, R>) =>
                alone(id)(leaving.inTurn(role === "seller" ? "shops" : "people")(work))
        }
        return isList(endpoint) ? lists.inTurn(id) : undefined
      }
      return SignedIn.of({
        bearer: (httpEffect, { credential, ...where }) =>
          Effect.flatMap(identify(Redacted.value(credential)), (caller) =>
            Effect.provideContext(
              hold(where, caller)(inTurn(where.endpoint, caller)?.(httpEffect) ?? httpEffect),
              Context.make(CurrentUser, caller).pipe(Context.add(Visitor, { caller }))
            )
          )
      })
    })
  )
}

/** What has pages. */
export const isList = ({ query }: HttpApiEndpoint.Top) =>
  query !== undefined &&
  SchemaAST.isObjects(query.ast) &&
  query.ast.propertySignatures.some(({ name }) => name === "cursor")

/** Takes a token where one is sent; a token that is not valid is refused, not passed over. */
export class MaybeSignedIn extends HttpApiMiddleware.Service<MaybeSignedIn, { provides: Visitor }>()(
  "zst/MaybeSignedIn",
  { error: errors }
) {
  static readonly layer = Layer.effect(
    MaybeSignedIn,
    Effect.gen(function* () {
      const identify = yield* identifier
      const { hold } = yield* RateLimiting
      return (httpEffect, where) => {
        const heldAs = (caller: Caller | undefined) =>
          Effect.provideService(hold(where, caller)(httpEffect), Visitor, { caller })
        return Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers: { authorization } }) =>
          authorization === undefined ? heldAs(undefined) : Effect.flatMap(identify(bearerOf(authorization)), heldAs)
        )
      }
    })
  )
}

export const bearerOf = (authorization: string) => /^bearer +(\S+)$/i.exec(authorization)?.[1] ?? ""

const identifier = Effect.gen(function* () {
  const tokens = yield* Tokens
  const users = yield* Users
  return Effect.fnUntraced(function* (token: string) {
    if (token === "") return yield* new Unauthenticated()
    return yield* users.identify(yield* tokens.verify(token))
  })
})
