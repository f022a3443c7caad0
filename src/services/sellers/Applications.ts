import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { Audit } from "../audit/Audit.ts"
import type { Author } from "../audit/model.ts"
import { type AccountClosed, UserUnavailable } from "../auth/errors.ts"
import type { Caller, SellerCategory, UserId } from "../auth/model.ts"
import { People, type Person } from "../auth/People.ts"
import { ShopProducts } from "../catalog/ShopProducts.ts"
import { Wilayas } from "../delivery/Wilayas.ts"
import { type Forbidden, invalidField, type ValidationFailed } from "../errors.ts"
import { Events } from "../events/Events.ts"
import { jsonOf } from "../json.ts"
import { makeList, type Page } from "../list.ts"
import { isUuid } from "../model.ts"
import { newestFirst } from "../rowOrder.ts"
import { sqlOrDie } from "../sql.ts"
import { type Encoded, readFirst } from "../wire.ts"
import { ApplicationDecided, ApplicationNotFound, ApplicationPending, CannotBecomeSeller } from "./errors.ts"
import { shopOpened, userRoleChanged } from "./events.ts"
import { type ApplyAsSeller, type DecideApplication, type ListApplications, SellerApplication } from "./model.ts"
import { barToSelling } from "./policy.ts"
import { Shops } from "./Shops.ts"

type Application = Omit<SellerApplication, "decided_at" | "created_at" | "updated_at">

export type DecisionRefusal =
  | ApplicationNotFound
  | ApplicationDecided
  | CannotBecomeSeller
  | Forbidden
  | UserUnavailable
  | ValidationFailed

export class Applications extends Context.Service<
  Applications,
  {
    /** Asks for a shop. One application at a time; after a rejection, again. */
    readonly apply: (
      caller: Caller,
      input: ApplyAsSeller
    ) => Effect.Effect<
      Encoded<SellerApplication>,
      AccountClosed | ApplicationPending | CannotBecomeSeller | ValidationFailed
    >
    /** The newest application of the caller. */
    readonly latest: (caller: Caller) => Effect.Effect<Encoded<SellerApplication>, ApplicationNotFound>
    readonly list: (query: ListApplications) => Effect.Effect<Page<SellerApplication>, ValidationFailed>
    readonly get: (id: string) => Effect.Effect<Encoded<SellerApplication>, ApplicationNotFound>
    /** The application of this user that waits for a decision, else the newest decided one. */
    readonly of: (user: UserId) => Effect.Effect<string, ApplicationNotFound>
    /** Approves or rejects what is pending; who is approved is a seller with an open shop from then on. */
    readonly decide: (
      author: Author,
      id: string,
      input: DecideApplication
    ) => Effect.Effect<Encoded<SellerApplication>, DecisionRefusal>
  }
>()("zst/sellers/Applications") {
  static readonly layer = Layer.effect(
    Applications,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const audit = yield* Audit
      const people = yield* People
      const shops = yield* Shops
      const wilayas = yield* Wilayas
      const events = yield* Events
      const shopProducts = yield* ShopProducts
      const applications = yield* makeList({ name: "applications", from: "seller_applications a", alias: "a" })

      const read = (id: string) =>
        readFirst(
          applicationJson,
          (json) => sql`SELECT ${json} FROM seller_applications a WHERE a.id = ${id}`,
          () => new ApplicationNotFound()
        )

      const mayBecomeSeller = Effect.fnUntraced(function* (user: Person) {
        const bar = barToSelling(user.role)
        if (bar !== undefined) return yield* new CannotBecomeSeller({ reason: bar })
      })

      // Holding the user's row makes the applications of one user take turns.
      const insert = Effect.fnUntraced(function* (caller: Caller, input: ApplyAsSeller) {
        yield* mayBecomeSeller(yield* people.hold(caller.id))
        const pending = yield* sql`
          SELECT FROM seller_applications WHERE user_id = ${caller.id} AND status = 'pending'`
        if (pending.length > 0) return yield* new ApplicationPending()
        yield* wilayas.named(input.wilaya_code, "wilaya_code")
        const [row] = yield* sql<{ id: string }>`
          INSERT INTO seller_applications (id, user_id, ${sql.csv(Object.keys(input).map((name) => sql`${sql(name)}`))})
          VALUES (uuidv7(), ${caller.id}, ${sql.csv(Object.values(input).map((value) => sql`${value}`))}) RETURNING id`
        return row?.id ?? (yield* Effect.die("An insert has one row"))
      })

      const apply = Effect.fn("Applications.apply")(
        function* (caller: Caller, input: ApplyAsSeller) {
          return yield* read(yield* insert(caller, input))
        },
        sql.withTransaction,
        Effect.catchTag("ApplicationNotFound", Effect.die),
        sqlOrDie
      )

      const latest = Effect.fn("Applications.latest")(
        (caller: Caller) =>
          readFirst(
            applicationJson,
            (json) => sql`
              SELECT ${json} FROM seller_applications a WHERE a.user_id = ${caller.id}
              ORDER BY a.created_at DESC, a.id DESC LIMIT 1`,
            () => new ApplicationNotFound()
          ),
        sqlOrDie
      )

      const list = Effect.fn("Applications.list")(({ status, ...query }: ListApplications) =>
        applications.page({
          query,
          order: newestFirst("a"),
          where: status === undefined ? sql`true` : sql`a.status = ${status}`,
          json: applicationJson
        })
      )

      const get = Effect.fn("Applications.get")(function* (id: string) {
        return yield* isUuid(id) ? read(id) : new ApplicationNotFound()
      }, sqlOrDie)

      const of = Effect.fn("Applications.of")(function* (user: UserId) {
        const [row] = yield* sql<{ id: string }>`
            SELECT id FROM seller_applications WHERE user_id = ${user}
            ORDER BY status = 'pending' DESC, created_at DESC LIMIT 1`
        return row?.id ?? (yield* new ApplicationNotFound())
      }, sqlOrDie)

      // The user is locked first, as everywhere; then what is decided is read under the lock.
      const hold = Effect.fnUntraced(function* (author: Author, id: string) {
        const [known] = isUuid(id)
          ? yield* sql<Application>`SELECT user_id FROM seller_applications WHERE id = ${id}`
          : []
        if (known === undefined) return yield* new ApplicationNotFound()
        const user = yield* people.holdAs(author, known.user_id)
        if (user === undefined) return yield* Effect.die(`User ${known.user_id} vanished`)
        const [application] = yield* sql<Application>`
          SELECT id, user_id, seller_category, full_name, full_name_ar, description, phone, wilaya_code, status
          FROM seller_applications WHERE id = ${id} FOR NO KEY UPDATE`
        if (application === undefined) return yield* new ApplicationNotFound()
        if (application.status !== "pending") return yield* new ApplicationDecided({ status: application.status })
        return { application, user }
      })

      const approve = Effect.fnUntraced(function* (application: Application, user: Person, seller_category: string) {
        yield* mayBecomeSeller(user)
        if (user.status !== "active") return yield* new UserUnavailable({ status: user.status })
        // What is told to be open would not be.
        if (user.is_leaving) return yield* new UserUnavailable({ status: "leaving" })
        yield* sql`UPDATE users SET role = 'seller', seller_category = ${seller_category}, is_verified = true,
          updated_at = now() WHERE id = ${user.id}`
        yield* shops.open(user.id, application)
        yield* shopProducts.settle(user.id)
      })

      const tell = Effect.fnUntraced(function* ({ id, role, seller_category }: Person, granted: SellerCategory) {
        const [from, to] = [
          { role, seller_category },
          { role: "seller" as const, seller_category: granted }
        ]
        yield* events.emit(userRoleChanged, { id, from, to }, { entity: id })
        yield* events.emit(shopOpened, { id }, { entity: id })
      })

      const settleDecision = Effect.fnUntraced(function* (author: Author, id: string, input: DecideApplication) {
        const { application, user } = yield* hold(author, id)
        const seller_category = input.seller_category ?? application.seller_category
        const approved = input.decision === "approve"
        if (approved) yield* approve(application, user, seller_category)
        const status = approved ? ("approved" as const) : ("rejected" as const)
        yield* sql`
          UPDATE seller_applications SET status = ${status}, seller_category = ${seller_category}, reason = ${input.reason ?? null},
            decided_by = ${author.id ?? author.name}, decided_at = now(), updated_at = now() WHERE id = ${id}`
        yield* audit.record(author, {
          action: `application.${input.decision}`,
          subject_id: application.id,
          about: user.id,
          before: { status: application.status, ...(approved && { role: user.role }) },
          after: { status, ...(approved && { role: "seller", seller_category }) },
          reason: input.reason
        })
        if (approved) yield* tell(user, seller_category)
        return yield* read(id)
      }, sql.withTransaction)

      const decide = Effect.fn("Applications.decide")(function* (author: Author, id: string, input: DecideApplication) {
        if (input.decision === "reject" && !input.reason) {
          return yield* invalidField("reason", "Say why: the applicant reads it")
        }
        return yield* settleDecision(author, id, input)
      }, sqlOrDie)

      return Applications.of({ apply, latest, list, get, of, decide })
    })
  )
}

const applicationJson = jsonOf(SellerApplication, "a")
