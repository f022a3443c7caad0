import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { Addresses } from "../addresses/Addresses.ts"
import { Audit } from "../audit/Audit.ts"
import type { Author } from "../audit/model.ts"
import { Avatars } from "../auth/Avatars.ts"
import type { Caller, UserId } from "../auth/model.ts"
import { Storefronts } from "../catalog/Storefronts.ts"
import { Events } from "../events/Events.ts"
import { MediaFiles } from "../media/MediaFiles.ts"
import { Pictures } from "../media/Pictures.ts"
import { PushTokens } from "../notifications/PushTokens.ts"
import { userErased } from "./events.ts"

/** How long somebody may think again, in days. */
export const graceDays = 30

/** Whoever shipped or waits for a parcel is still needed for it. */
const openOrders = `EXISTS (SELECT FROM orders o
    WHERE o.user_id = u.id AND o.status IN ('pending', 'confirmed', 'processing', 'shipped'))
  OR EXISTS (SELECT FROM seller_orders so
    WHERE so.seller_id = u.id AND so.status IN ('pending', 'confirmed', 'processing', 'shipped'))`

export type Due = { readonly id: UserId; readonly clerk_id: string; readonly waits: boolean }

export type Purged = { readonly erased: number; readonly waiting: number }

export class Departures extends Context.Service<
  Departures,
  {
    /** Asks for the account's deletion after the grace period. A shop closes at once. Asked again, nothing moves. */
    readonly request: (caller: Caller) => Effect.Effect<void>
    /** Takes that back. */
    readonly restore: (caller: Caller) => Effect.Effect<void>
    /** Whose time has come and whose data is still here; `waits` while an order of theirs is open. */
    readonly due: Effect.Effect<ReadonlyArray<Due>>
    /**
     * Ends access and forgets the person: profile, addresses, devices, cart, applications and products go, orders stay
     * without their name, phone and address. The row stays as a tombstone. False when there was nothing to do, or an order is open.
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
      const storefronts = yield* Storefronts
      const addresses = yield* Addresses
      const pushTokens = yield* PushTokens
      const events = yield* Events
      const pictures = yield* Pictures
      const mediaFiles = yield* MediaFiles
      const avatars = yield* Avatars

      const request = Effect.fn("Departures.request")(
        function* (caller: Caller) {
          yield* sql`
            UPDATE users SET delete_after = now() + make_interval(days => ${graceDays}), updated_at = now()
            WHERE id = ${caller.id} AND delete_after IS NULL`
          yield* storefronts.settle(caller.id)
        },
        sql.withTransaction,
        Effect.orDie
      )

      const restore = Effect.fn("Departures.restore")(
        function* (caller: Caller) {
          yield* sql`
            UPDATE users SET delete_after = NULL, updated_at = now()
            WHERE id = ${caller.id} AND delete_after IS NOT NULL AND status <> 'deleted'`
          yield* storefronts.settle(caller.id)
        },
        sql.withTransaction,
        Effect.orDie
      )

      const due = sql<Due>`
        SELECT u.id, u.clerk_id, ${sql.literal(openOrders)} AS waits FROM users u
        WHERE u.delete_after <= now() AND u.erased_at IS NULL ORDER BY u.delete_after, u.id`.pipe(
        Effect.orDie,
        Effect.withSpan("Departures.due")
      )

      const eraseOrders = Effect.fnUntraced(function* (user: UserId) {
        yield* sql`
          UPDATE order_events e SET note = NULL FROM orders o
          WHERE o.id = e.order_id AND o.user_id = ${user} AND e.actor = 'customer' AND e.note IS NOT NULL`
        yield* sql`
          UPDATE orders SET customer_name = ${erasedName}, customer_phone = '', customer_email = NULL, commune = NULL,
            address = NULL, notes = NULL WHERE user_id = ${user}`
      })

      // What was ordered is part of somebody's order.
      const eraseProducts = Effect.fnUntraced(function* (user: UserId) {
        yield* sql`
          UPDATE products p SET status = 'archived', description = NULL, description_ar = NULL, updated_at = now()
          WHERE seller_id = ${user} AND EXISTS (SELECT FROM order_items i WHERE i.product_id = p.id)`
        const never = sql`p.seller_id = ${user} AND NOT EXISTS (SELECT FROM order_items i WHERE i.product_id = p.id)`
        const shown = yield* sql<{ media_id: string }>`
          SELECT media_id FROM product_images i JOIN products p ON p.id = i.product_id WHERE ${never}`
        yield* sql`DELETE FROM products p WHERE ${never}`
        yield* pictures.letGo(shown.map(({ media_id }) => media_id))
      })

      const erasePictures = Effect.fnUntraced(function* (user: UserId) {
        yield* avatars.eraseOf(user)
        const logos = yield* sql<{ id: string }>`
          SELECT logo_media_id AS id FROM sellers WHERE id = ${user} AND logo_media_id IS NOT NULL`
        yield* sql`UPDATE sellers SET logo_media_id = NULL, logo_url = NULL WHERE id = ${user}`
        yield* pictures.letGo(logos.map(({ id }) => id))
      })

      const eraseUser = Effect.fnUntraced(function* (user: UserId) {
        yield* addresses.eraseOf(user)
        yield* pushTokens.eraseOf(user)
        yield* mediaFiles.eraseOf(user)
        yield* sql`DELETE FROM carts WHERE user_id = ${user}`
        yield* sql`DELETE FROM seller_applications WHERE user_id = ${user}`
        yield* sql`
          UPDATE sellers SET description = NULL, phone = NULL, status = 'suspended', updated_at = now()
          WHERE id = ${user}`
        yield* sql`
          UPDATE users SET status = 'deleted', name = NULL, email = NULL, phone = NULL, clerk_profile = '{}',
            erased_at = now(), updated_at = now() WHERE id = ${user}`
      })

      const erase = Effect.fn("Departures.erase")(
        function* (author: Author, user: UserId) {
          yield* sql`SELECT set_config('statement_timeout', '60s', true)`
          // Locked first; whether an order is open is asked in a statement that sees what was committed meanwhile.
          yield* sql`SELECT FROM users WHERE id = ${user} FOR UPDATE`
          const [ready] = yield* sql<{ status: string }>`
            SELECT u.status FROM users u
            WHERE u.id = ${user} AND u.delete_after <= now() AND u.erased_at IS NULL AND NOT (${sql.literal(openOrders)})`
          if (ready === undefined) return false
          yield* eraseOrders(user)
          yield* eraseProducts(user)
          yield* erasePictures(user)
          yield* eraseUser(user)
          yield* storefronts.settle(user)
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

const erasedName = "—"
