import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { Audit } from "../audit/Audit.ts"
import type { Author } from "../audit/model.ts"
import type { AccountClosed } from "../auth/errors.ts"
import type { Caller, UserId } from "../auth/model.ts"
import { People } from "../auth/People.ts"
import { ShopProducts } from "../catalog/ShopProducts.ts"
import { Events } from "../events/Events.ts"
import { sqlOrDie } from "../sql.ts"
import { Erasures } from "./Erasures.ts"
import { userErased } from "./events.ts"

/** How long somebody may think again, in days. */
export const graceDays = 30

export type Due = { readonly id: UserId; readonly clerk_id: string; readonly waits: boolean }

export type Purged = { readonly erased: number; readonly waiting: number }

export class Departures extends Context.Service<
  Departures,
  {
    /** Asks for the account's deletion after the grace period. A shop closes at once. Asked again, nothing moves. */
    readonly request: (caller: Caller) => Effect.Effect<void, AccountClosed>
    /** Takes that back. */
    readonly restore: (caller: Caller) => Effect.Effect<void, AccountClosed>
    /** Whose time has come and whose data is still here; `waits` while an order of theirs is open. */
    readonly due: Effect.Effect<ReadonlyArray<Due>>
    /**
     * Ends access and forgets the person, in every domain. The row stays as a tombstone. False when there was nothing to
     * do, or the person is still needed, as for an open order.
     */
    readonly erase: (author: Author, user: UserId) => Effect.Effect<boolean>
    /** Erases everybody who is due, one after the other; `onStep` hears of each. One who is begun is finished. */
    readonly purge: (author: Author, onStep?: (done: number, of: number) => void) => Effect.Effect<Purged>
  }
>()("zst/accounts/Departures") {
  static readonly layer = Layer.effect(
    Departures,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const audit = yield* Audit
      const people = yield* People
      const shopProducts = yield* ShopProducts
      const events = yield* Events
      const erasures = yield* Erasures
      const isNeeded = sql.literal(erasures.isNeeded)

      const request = Effect.fn("Departures.request")(
        function* (caller: Caller) {
          yield* people.hold(caller.id)
          yield* sql`
            UPDATE users SET delete_after = now() + make_interval(days => ${graceDays}), updated_at = now()
            WHERE id = ${caller.id} AND delete_after IS NULL`
          yield* shopProducts.settle(caller.id)
        },
        sql.withTransaction,
        sqlOrDie
      )

      const restore = Effect.fn("Departures.restore")(
        function* (caller: Caller) {
          yield* people.hold(caller.id)
          yield* sql`
            UPDATE users SET delete_after = NULL, updated_at = now() WHERE id = ${caller.id} AND delete_after IS NOT NULL`
          yield* shopProducts.settle(caller.id)
        },
        sql.withTransaction,
        sqlOrDie
      )

      const due = sql<Due>`
        SELECT u.id, u.clerk_id, ${isNeeded} AS waits FROM users u
        WHERE u.delete_after <= now() AND u.erased_at IS NULL ORDER BY u.delete_after, u.id`.pipe(
        Effect.orDie,
        Effect.withSpan("Departures.due")
      )

      const erase = Effect.fn("Departures.erase")(
        function* (author: Author, user: UserId) {
          yield* sql`SELECT set_config('statement_timeout', '60s', true)`
          yield* people.holdAll([user])
          const [ready] = yield* sql<{ status: string }>`
            SELECT u.status FROM users u
            WHERE u.id = ${user} AND u.delete_after <= now() AND u.erased_at IS NULL AND NOT (${isNeeded})`
          if (ready === undefined) return false
          yield* erasures.erase(user)
          yield* shopProducts.settle(user)
          yield* audit.record(author, {
            action: "user.erase",
            subject_id: user,
            before: { status: ready.status },
            after: { status: "deleted" }
          })
          yield* events.emit(userErased, { id: user }, { entity: user })
          return true
        },
        sql.withTransaction,
        Effect.orDie
      )

      const purge = Effect.fn("Departures.purge")(function* (
        author: Author,
        onStep?: (done: number, of: number) => void
      ) {
        const all = yield* due
        const ready = all.filter(({ waits }) => !waits)
        let erased = 0
        for (const [index, { id }] of ready.entries()) {
          if (yield* Effect.uninterruptible(erase(author, id))) erased++
          onStep?.(index + 1, ready.length)
        }
        return { erased, waiting: all.length - ready.length }
      })

      return Departures.of({ request, restore, due, erase, purge })
    })
  )
}
