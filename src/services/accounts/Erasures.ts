import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { UserId } from "../auth/model.ts"
import type { Erase } from "../domain.ts"

/** What the domains do when a person is erased, one after the other. */
export class Erasures extends Context.Service<
  Erasures,
  {
    readonly erase: (user: UserId) => Effect.Effect<void, SqlError.SqlError>
    /** SQL over users u: some domain still needs the person. */
    readonly isNeeded: string
  }
>()("zst/accounts/Erasures") {
  static readonly layerOf = <R>(
    erasers: Effect.Effect<ReadonlyArray<Erase>, never, R>,
    needs: Effect.Effect<ReadonlyArray<string>>
  ) =>
    Layer.effect(
      Erasures,
      Effect.gen(function* () {
        const all = yield* erasers
        return {
          erase: (user: UserId) => Effect.forEach(all, (erase) => erase(user), { discard: true }),
          isNeeded: (yield* needs).map((need) => `(${need})`).join(" OR ")
        }
      })
    )
}
