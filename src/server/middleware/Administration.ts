import { Context, Effect, Layer } from "effect"
import { HttpApiMiddleware } from "effect/http-api"
import type { Author } from "../../services/audit/model.ts"
import { Forbidden } from "../../services/errors.ts"
import { CurrentUser } from "./Authentication.ts"

/** The administrator that makes the request, as the audit log will name them. */
export class Administrator extends Context.Service<Administrator, Author>()("zst/Administrator") {}

/** Lets administrators pass. Add `SignedIn` after it: that one runs first. */
export class AdministratorsOnly extends HttpApiMiddleware.Service<
  AdministratorsOnly,
  { requires: CurrentUser; provides: Administrator }
>()("zst/AdministratorsOnly", { error: Forbidden }) {
  static readonly layer = Layer.succeed(AdministratorsOnly, (httpEffect) =>
    Effect.gen(function* () {
      const { id, role } = yield* CurrentUser
      if (role !== "admin") return yield* new Forbidden({ reason: "Only administrators can do that." })
      return yield* Effect.provideService(httpEffect, Administrator, { id, name: "admin" })
    })
  )
}
