import { Context, Data, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { Audit } from "../audit/Audit.ts"
import type { Author } from "../audit/model.ts"
import type { AccountClosed } from "../auth/errors.ts"
import type { Caller, Me, UserId } from "../auth/model.ts"
import { People } from "../auth/People.ts"
import { Users } from "../auth/Users.ts"
import { ShopProducts } from "../catalog/ShopProducts.ts"
import { Forbidden } from "../errors.ts"
import { Events } from "../events/Events.ts"
import { longPatience, patiently } from "../patience.ts"
import { sqlOrDie } from "../sql.ts"
import { tryEach } from "../tryEach.ts"
import type { Encoded } from "../wire.ts"
import { Erasures } from "./Erasures.ts"
import { userErased } from "./events.ts"

/** How long somebody may think again, in days. */
const graceDays = 30

export type Due = { readonly id: UserId; readonly clerk_id: string; readonly waits: boolean }

export type Purged = { readonly erased: number; readonly waiting: number; readonly failed: number }

/** Something that was under way when the erasure began made somebody needed again. */
class StillNeeded extends Data.TaggedError("StillNeeded") {}

export class Departures extends Context.Service<
  Departures,
  {
    /** Asks for the account's deletion after the grace period. A shop closes at once; an administrator stays. Asked again, nothing moves. */
    readonly request: (caller: Caller) => Effect.Effect<Encoded<Me>, AccountClosed | Forbidden>
    /** Takes that back. */
    readonly restore: (caller: Caller) => Effect.Effect<Encoded<Me>, AccountClosed>
    /** Whose time has come and whose data is still here; `waits` while an order of theirs is open. */
    readonly due: Effect.Effect<ReadonlyArray<Due>>
    /**
     * Ends access and forgets the person, in every domain. The row stays as a tombstone. False when there was nothing to
     * do, or the person is still needed, as for an open order.
     */
    readonly erase: (author: Author, user: UserId) => Effect.Effect<boolean>
    /**
     * Erases everybody who is due, one after the other; `onStep` hears of each. One who is begun is finished, and one who
     * cannot be erased is told of, and keeps nobody else from it.
     */
    readonly purge: (author: Author, onStep?: (done: number, of: number) => void) => Effect.Effect<Purged>
  }
>()("zst/accounts/Departures") {
  static readonly layer = Layer.effect(
    Departures,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const audit = yield* Audit
      const people = yield* People
      const users = yield* Users
      const shopProducts = yield* ShopProducts
      const events = yield* Events
      const erasures = yield* Erasures
      const isNeeded = sql.literal(erasures.isNeeded)

      const request = Effect.fn("Departures.request")(
        function* (caller: Caller) {
          const { role } = yield* people.hold(caller.id, "decide")
          // So that one is left: nobody takes the role from themselves either.
          if (role === "admin") {
            return yield* new Forbidden({ reason: "Another administrator has to take that role from you first." })
          }
          yield* sql`
            UPDATE users SET delete_after = now() + make_interval(days => ${graceDays}), updated_at = now()
            WHERE id = ${caller.id} AND delete_after IS NULL`
          yield* shopProducts.settle(caller.id)
          return yield* users.me(caller)
        },
        sql.withTransaction,
        sqlOrDie
      )

      const restore = Effect.fn("Departures.restore")(
        function* (caller: Caller) {
          yield* people.hold(caller.id, "decide")
          const stays = yield* sql`
            UPDATE users SET delete_after = NULL, updated_at = now() WHERE id = ${caller.id} AND delete_after IS NOT NULL
            RETURNING id`
          if (stays.length > 0) yield* shopProducts.settle(caller.id)
          return yield* users.me(caller)
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
          yield* people.holdAll([user], "decide")
          const [ready] = yield* sql<{ status: string }>`
            SELECT u.status FROM users u
            WHERE u.id = ${user} AND u.delete_after <= now() AND u.erased_at IS NULL AND NOT (${isNeeded})`
          if (ready === undefined) return false
          yield* erasures.erase(user)
          // Their orders are locked by now: one that nothing happened to for long may have moved meanwhile.
          const needed = yield* sql`SELECT FROM users u WHERE u.id = ${user} AND (${isNeeded})`
          if (needed.length > 0) return yield* new StillNeeded()
          yield* shopProducts.settle(user)
          yield* audit.record(author, {
            action: "user.erase",
            subject_id: user,
            about: user,
            before: { status: ready.status },
            after: { status: "deleted" }
          })
          yield* events.emit(userErased, { id: user }, { entity: user })
          return true
        },
        patiently(sql, longPatience),
        Effect.catchTag("StillNeeded", () => Effect.succeed(false)),
        Effect.orDie
      )

      const purge = Effect.fn("Departures.purge")(function* (
        author: Author,
        onStep?: (done: number, of: number) => void
      ) {
        const all = yield* due
        const ready = all.filter(({ waits }) => !waits).map(({ id }) => id)
        let steps = 0
        const step = Effect.sync(() => onStep?.(++steps, ready.length))
        const eraseOne = (id: UserId) => Effect.uninterruptible(Effect.ensuring(erase(author, id), step))
        const { done, failed } = yield* tryEach(ready, eraseOne, "an account could not be erased")
        return { erased: done.filter(Boolean).length, waiting: all.length - ready.length, failed }
      })

      return Departures.of({ request, restore, due, erase, purge })
    })
  )
}
