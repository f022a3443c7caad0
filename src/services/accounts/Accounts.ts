import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError, type Statement } from "effect/sql"
import { Audit } from "../audit/Audit.ts"
import type { Author } from "../audit/model.ts"
import { UserUnavailable } from "../auth/errors.ts"
import { UserId } from "../auth/model.ts"
import { People, type Person } from "../auth/People.ts"
import { personSources } from "../auth/userSql.ts"
import { ShopProducts } from "../catalog/ShopProducts.ts"
import { type Forbidden, invalidField, type ValidationFailed } from "../errors.ts"
import { Events } from "../events/Events.ts"
import { jsonOf, nullUnless } from "../json.ts"
import { makeList, type Page, searched } from "../list.ts"
import { isUuid } from "../model.ts"
import { type Expected, type PreconditionFailed, requireVersion } from "../precondition.ts"
import { newestFirst } from "../rowOrder.ts"
import { shopOpened, shopReinstated, shopSuspended, userRoleChanged } from "../sellers/events.ts"
import { Shops } from "../sellers/Shops.ts"
import { sqlOrDie } from "../sql.ts"
import { mobileIn, partOfMobile } from "../text.ts"
import { type Encoded, readFirst } from "../wire.ts"
import { hasWords, wordsIn } from "../words.ts"
import { OwnAccount, UserNotFound } from "./errors.ts"
import { userBanned, userUnbanned } from "./events.ts"
import { Account, AccountShop, type ListAccounts, type UpdateAccount } from "./model.ts"
import { type Change, changesBetween, harmsOneself, type Standing, standingAfter } from "./policy.ts"

export type Refusal = UserNotFound | OwnAccount | UserUnavailable | Forbidden | ValidationFailed

export type Meant = {
  /** Several only while an address or number moves from one to another. */
  readonly ids: ReadonlyArray<UserId>
  /** Nobody is meant, but these have it in their profile, where anybody writes what they like. */
  readonly claimants: ReadonlyArray<UserId>
}

export class Accounts extends Context.Service<
  Accounts,
  {
    readonly list: (query: ListAccounts) => Effect.Effect<Page<Account>, ValidationFailed>
    readonly get: (id: string) => Effect.Effect<Encoded<Account>, UserNotFound>
    /** Whom an operator means by an id, Clerk id, e-mail address, phone number or shop slug. */
    readonly resolve: (who: string) => Effect.Effect<Meant>
    /** Sets role, seller category, ban and the shop's standing, all or nothing; what is as it was leaves no trace. */
    readonly update: (
      author: Author,
      id: string,
      changes: UpdateAccount,
      expected?: Expected
    ) => Effect.Effect<Encoded<Account>, Refusal | PreconditionFailed>
  }
>()("zst/accounts/Accounts") {
  static readonly layer = Layer.effect(
    Accounts,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const audit = yield* Audit
      const people = yield* People
      const shopProducts = yield* ShopProducts
      const shops = yield* Shops
      const events = yield* Events
      const accounts = yield* makeList({ name: "accounts", from: "users u", alias: "u", joins: shopOf, uneven: true })

      const list = Effect.fn("Accounts.list")(function* ({
        search,
        role,
        seller_category,
        status,
        shop_status,
        ...query
      }: ListAccounts) {
        const when = <A>(value: A | undefined, condition: (value: A) => Statement.Fragment) =>
          value === undefined ? [] : [condition(value)]
        const words = search === undefined ? undefined : yield* wordsIn(sql, withPlainPhones(search))
        const where = sql.and([
          sql`true`,
          ...when(words, (value) => hasWords(sql, "u.search", value)),
          ...when(role, (value) => sql`u.role = ${value}`),
          ...when(seller_category, (value) => sql`u.seller_category = ${value}`),
          ...when(status, (value) => sql`u.status = ${value}`),
          ...when(shop_status, (value) => sql`u.id IN (SELECT id FROM sellers WHERE status = ${value})`)
        ])
        return yield* accounts.page({
          query,
          order: newestFirst("u"),
          where,
          json: accountJson,
          found: words && { most: searched }
        })
      })

      const get = Effect.fn("Accounts.get")(function* (id: string) {
        if (!isUuid(id)) return yield* new UserNotFound()
        return yield* readFirst(
          accountJson,
          (json) => sql`SELECT ${json} FROM ${accountsFrom(sql)} WHERE u.id = ${id}`,
          () => new UserNotFound()
        )
      }, sqlOrDie)

      const idsOf = (condition: Statement.Fragment) =>
        Effect.map(sql<{ id: UserId }>`SELECT u.id FROM users u WHERE ${condition} ORDER BY u.id LIMIT 20`, (rows) =>
          rows.map(({ id }) => id)
        )

      // What has the form of one thing names nothing else: a shop may be called like somebody's number.
      const resolve = Effect.fn("Accounts.resolve")(function* (
        who: string
      ): Effect.fn.Return<Meant, SqlError.SqlError> {
        if (isUuid(who)) return { ids: yield* idsOf(sql`u.id = ${who}`), claimants: [] }
        if (who.startsWith("user_")) return { ids: yield* idsOf(sql`u.clerk_id = ${who}`), claimants: [] }
        const mobile = mobileIn(who)
        if (mobile === undefined && !who.includes("@")) {
          return { ids: yield* idsOf(sql`u.id = (SELECT s.id FROM sellers s WHERE s.slug = ${who})`), claimants: [] }
        }
        const contact = mobile === undefined ? who : `+213${mobile}`
        const column = mobile === undefined ? "email" : "phone"
        const ids = yield* idsOf(sql`${sql(`u.confirmed_${column}`)} = lower(${contact})`)
        if (ids.length > 0) return { ids, claimants: [] }
        const words = yield* wordsIn(sql, contact)
        const claimed = sql`lower(${sql(`u.${column}`)}) = lower(${contact})`
        return { ids, claimants: yield* idsOf(sql.and([hasWords(sql, "u.search", words), claimed])) }
      }, Effect.orDie)

      const hold = Effect.fnUntraced(function* (author: Author, id: string) {
        if (!isUuid(id)) return yield* new UserNotFound()
        return (yield* people.holdAs(author, UserId.make(id.toLowerCase()))) ?? (yield* new UserNotFound())
      })

      const write = Effect.fnUntraced(function* (now: Person, after: Standing) {
        const { id } = now
        yield* sql`
          UPDATE users SET role = ${after.role}, seller_category = ${after.seller_category}, status = ${after.status},
            is_verified = is_verified AND ${after.role === "seller"}, updated_at = now()
          WHERE id = ${id}`
        if (after.shop_status !== null) {
          if (now.shop_status === null) yield* shops.open(id, { full_name: now.full_name ?? "Boutique" })
          yield* sql`UPDATE sellers SET status = ${after.shop_status}, updated_at = now() WHERE id = ${id}`
        }
        yield* shopProducts.settle(id)
      })

      const tell = Effect.fnUntraced(function* (now: Person, after: Standing, happened: ReadonlyArray<Change>) {
        const { id } = now
        for (const { action } of happened) {
          if (action === "user.role") {
            yield* events.emit(userRoleChanged, { id, from: positionOf(now), to: positionOf(after) }, { entity: id })
          } else yield* events.emit(eventsOfActions[action], { id }, { entity: id })
        }
        if (now.shop_status === null && after.shop_status === "active") {
          yield* events.emit(shopOpened, { id }, { entity: id })
        }
      })

      const update = Effect.fn("Accounts.update")(
        function* (author: Author, id: string, changes: UpdateAccount, expected?: Expected) {
          const now = yield* hold(author, id)
          yield* requireVersion(expected, get(now.id))
          if (now.status === "deleted") return yield* new UserUnavailable({ status: "deleted" })
          const after = yield* Effect.fromResult(standingAfter(now, changes))
          // Nobody is left to administer or to sell once they are gone, nor while they are banned.
          if (after.role !== now.role && (after.role === "admin" || after.role === "seller")) {
            if (now.is_leaving) return yield* invalidField("role", leaves)
            if (now.status === "banned" && after.status === "banned")
              return yield* new UserUnavailable({ status: "banned" })
            if (after.status === "banned") return yield* invalidField("role", grantAndBan)
          }
          if (author.id === now.id && harmsOneself(now, after)) return yield* new OwnAccount()
          const happened = changesBetween(now, after)
          if (happened.length === 0) return yield* get(now.id)
          yield* write(now, after)
          yield* Effect.forEach(happened, (entry) =>
            audit.record(author, { ...entry, subject_id: now.id, about: now.id, reason: changes.reason })
          )
          yield* tell(now, after, happened)
          return yield* get(now.id)
        },
        sql.withTransaction,
        sqlOrDie
      )

      return Accounts.of({ list, get, resolve, update })
    })
  )
}

const grantAndBan = "Nobody is given this and banned at once"
const leaves = "They asked for their account's deletion, and have to take that back first"

const eventsOfActions = {
  "user.ban": userBanned,
  "user.unban": userUnbanned,
  "shop.suspend": shopSuspended,
  "shop.reinstate": shopReinstated
}

const positionOf = ({ role, seller_category }: Standing) => ({ role, seller_category })

/** A phone number, or a part of one, is one word, whatever stands between its digits; any other word is as it is. */
const withPlainPhones = (search: string) =>
  partOfMobile(search) ??
  search
    .split(" ")
    .map((word) => partOfMobile(word) ?? word)
    .join(" ")

const shopOf = "LEFT JOIN sellers s ON s.id = u.id"
const accountsFrom = (sql: SqlClient.SqlClient) => sql.literal(`users u ${shopOf}`)

const accountJson = jsonOf(Account, "u", {
  ...personSources,
  shop: nullUnless("s.id IS NOT NULL", jsonOf(AccountShop, "s"))
})
