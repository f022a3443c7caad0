import { Context, Duration, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { Forbidden } from "../errors.ts"
import { locks } from "../locks.ts"
import { Patience, usualPatience } from "../patience.ts"
import { AccountClosed, ShopClosed } from "./errors.ts"
import type { Role, SellerCategory, ShopStatus, UserId, UserStatus } from "./model.ts"

/** Over users u and sellers s: the owner is an active seller who is not about to leave, and nobody suspended the shop. */
export const isOpenShop = "u.status = 'active' AND u.role = 'seller' AND u.delete_after IS NULL AND s.status = 'active'"

/** Who somebody is, as it stays until the transaction that holds them ends. */
export type Person = {
  readonly id: UserId
  readonly full_name: string | null
  readonly role: Role
  readonly seller_category: SellerCategory | null
  readonly status: UserStatus
  /** null: there is no shop. */
  readonly shop_status: ShopStatus | null
  readonly shop_open: boolean
  /** They asked for their account's deletion. */
  readonly is_leaving: boolean
}

/**
 * `change`: whoever else holds the person, or wants to, waits. `use`: many may rely at once on who somebody is, and nobody
 * changes it meanwhile. `decide`: a change that whoever comes after it waits for, however busy the person is; others may be
 * passed by those who use. Mere references to a person wait for none of them.
 */
export type Hold = "change" | "use" | "decide"

const isAdministrator = ({ role, status }: Person) => role === "admin" && status === "active"

/** Everybody stands in the line before the row: who shares a row passes whoever waits to change it, and in the line nobody does. */
const ways: Record<Hold, { readonly line: string; readonly row: string }> = {
  change: { line: "pg_advisory_xact_lock_shared", row: "FOR NO KEY UPDATE" },
  use: { line: "pg_advisory_xact_lock_shared", row: "FOR SHARE" },
  decide: { line: "pg_advisory_xact_lock", row: "FOR NO KEY UPDATE" }
}

/** SQL that stands in somebody's line, by their id as a uuid; nobody's (NULL) has none. */
export const inLineOf = (id: string, how: Hold) => `${ways[how].line}(hashtextextended((${id})::text, ${locks.people}))`

const waitingFor = (time: string) => `set_config('lock_timeout', '${time}', true)`

/** Columns that stand in it. Who decides, and may take long, waits until all that somebody has begun has ended: a shop's closing. */
const standing = (how: Hold, isPatient: boolean) =>
  how === "decide" && isPatient
    ? `${waitingFor("30s")}, ${inLineOf("id", how)}, ${waitingFor("1s")}`
    : inLineOf("id", how)

/**
 * The one door to a person: every change that depends on who somebody is, or makes them somebody else, holds them first, in
 * its transaction. Locks are taken in one order: people by id, then carts, orders, products, media.
 */
export class People extends Context.Service<
  People,
  {
    /** Whose account is closed is nobody to act for. */
    readonly hold: (id: UserId, how?: Hold) => Effect.Effect<Person, AccountClosed | SqlError.SqlError>
    /** The owner of an open shop: it closes before or after the caller's transaction, and not meanwhile. */
    readonly holdShop: (owner: UserId, how?: Hold) => Effect.Effect<Person, ShopClosed | SqlError.SqlError>
    /** Somebody, and with them the administrator who acts on them and must still be one; null: an operator's command. */
    readonly holdAs: (
      author: { readonly id: UserId | null },
      subject: UserId
    ) => Effect.Effect<Person | undefined, Forbidden | SqlError.SqlError>
    /** All of these who exist, whatever their standing. */
    readonly holdAll: (ids: ReadonlyArray<UserId>, how: Hold) => Effect.Effect<ReadonlyArray<Person>, SqlError.SqlError>
  }
>()("zst/auth/People") {
  static readonly layer = Layer.effect(
    People,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      // Locked, then read by a statement of its own: it sees what was committed while the lock was waited for.
      const holdAll = Effect.fn("People.holdAll")(function* (ids: ReadonlyArray<UserId>, how: Hold) {
        const isPatient = Duration.isGreaterThan(yield* Patience, usualPatience)
        yield* sql`
          WITH line AS MATERIALIZED (
            SELECT ${sql.literal(standing(how, isPatient))} FROM (SELECT id FROM unnest(${ids}::uuid[]) id ORDER BY id) people)
          SELECT FROM users WHERE id = ANY(${ids}::uuid[]) AND (SELECT count(*) > 0 FROM line) ORDER BY id ${sql.literal(ways[how].row)}`
        return yield* sql<Person>`
          SELECT u.id, u.full_name, u.role, u.seller_category, u.status, s.status AS shop_status,
            coalesce(${sql.literal(isOpenShop)}, false) AS shop_open,
            u.delete_after IS NOT NULL AS is_leaving
          FROM users u LEFT JOIN sellers s ON s.id = u.id WHERE u.id = ANY(${ids}::uuid[])`
      })

      const hold = Effect.fn("People.hold")(function* (id: UserId, how: Hold = "change") {
        const [person] = yield* holdAll([id], how)
        return person?.status === "active" ? person : yield* new AccountClosed()
      })

      const holdShop = Effect.fn("People.holdShop")(function* (owner: UserId, how: Hold = "use") {
        const [person] = yield* holdAll([owner], how)
        return person?.shop_open ? person : yield* new ShopClosed()
      })

      // Both are held: of two administrators who demote each other, the second is none any more.
      const holdAs = Effect.fn("People.holdAs")(function* (author: { readonly id: UserId | null }, subject: UserId) {
        const held = yield* holdAll(author.id === null ? [subject] : [subject, author.id], "decide")
        if (author.id !== null && !held.some((person) => person.id === author.id && isAdministrator(person))) {
          return yield* new Forbidden({ reason: "Only administrators can do that." })
        }
        return held.find((person) => person.id === subject)
      })

      return People.of({ hold, holdShop, holdAs, holdAll })
    })
  )
}
