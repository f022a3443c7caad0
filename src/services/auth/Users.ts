import { Context, Effect, Layer, Option } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient, type SqlError } from "effect/sql"
import { ofCaller } from "../connections.ts"
import { Wilayas } from "../delivery/Wilayas.ts"
import type { ValidationFailed } from "../errors.ts"
import { type Expected, type PreconditionFailed, requireVersion } from "../precondition.ts"
import { makeSharing } from "../sharing.ts"
import { changesOf, sqlOrDie } from "../sql.ts"
import { type Encoded, readFirst } from "../wire.ts"
import type { Claims } from "./claims.ts"
import { type Confirmed, clerkProfileOf, type Profile, profileOfClaims } from "./clerkUser.ts"
import { AccountClosed } from "./errors.ts"
import type { Caller, Me, UpdateMe } from "./model.ts"
import { People } from "./People.ts"
import { Profiles } from "./Profiles.ts"
import { meJson } from "./userSql.ts"

type CallerRow = Caller & { readonly status: "active" | "banned" | "deleted" }

/** What Clerk says of somebody at first; of a field that is absent it has said nothing yet. A token confirms nothing. */
type Told = { readonly profile: Partial<Profile>; readonly confirmed?: Confirmed; readonly updated_at: number }

export class Users extends Context.Service<
  Users,
  {
    /** The row behind verified claims, made on first sight. A banned or deleted user has no access. */
    readonly identify: (claims: Claims) => Effect.Effect<Caller, AccountClosed>
    readonly me: (caller: Caller) => Effect.Effect<Encoded<Me>>
    readonly updateMe: (
      caller: Caller,
      changes: UpdateMe,
      expected?: Expected
    ) => Effect.Effect<Encoded<Me>, AccountClosed | PreconditionFailed | ValidationFailed>
  }
>()("zst/auth/Users") {
  static readonly layer = Layer.effect(
    Users,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const profiles = yield* Profiles
      const people = yield* People
      const wilayas = yield* Wilayas
      const firstSight = yield* makeSharing<ReadonlyArray<CallerRow>, SqlError.SqlError>()

      const findByClerkId = (clerkId: string) =>
        sql<CallerRow>`${sql.literal(ofCaller)} SELECT id, role, seller_category, status FROM users WHERE clerk_id = ${clerkId}`

      const insert = (clerkId: string, { profile, confirmed, updated_at }: Told) => sql`
        INSERT INTO users ${sql.insert({
          id: SecureRandom.uuidV7Unsafe(),
          clerk_id: clerkId,
          full_name: profile.full_name ?? null,
          email: profile.email ?? null,
          phone: profile.phone ?? null,
          clerk_profile: clerkProfileOf({ profile, confirmed }),
          clerk_updated_at: updated_at
        })} ON CONFLICT (clerk_id) DO NOTHING`

      // Looks again: who did not find the row may ask when it has been made meanwhile.
      const make = Effect.fnUntraced(function* (claims: Claims) {
        const made = yield* findByClerkId(claims.clerk_id)
        if (made.length > 0) return made
        const user = yield* profiles.find(claims.clerk_id)
        yield* insert(
          claims.clerk_id,
          Option.getOrElse(user, () => ({ profile: profileOfClaims(claims), updated_at: 0 }))
        )
        return yield* findByClerkId(claims.clerk_id)
      })

      const identify = Effect.fn("Users.identify")(function* (claims: Claims) {
        const [known] = yield* findByClerkId(claims.clerk_id)
        const [row] = known ? [known] : yield* firstSight(claims.clerk_id, make(claims))
        if (row === undefined || row.status !== "active") return yield* new AccountClosed()
        return { id: row.id, role: row.role, seller_category: row.seller_category }
      }, sqlOrDie)

      const me = Effect.fn("Users.me")(
        ({ id }: Caller) =>
          readFirst(
            meJson,
            (json) => sql`SELECT ${json} FROM users u WHERE u.id = ${id}`,
            () => Effect.die(`User ${id} vanished`)
          ),
        Effect.orDie
      )

      const updateMe = Effect.fn("Users.updateMe")(
        function* (caller: Caller, { wilaya, ...changes }: UpdateMe, expected?: Expected) {
          yield* people.hold(caller.id)
          yield* requireVersion(expected, me(caller))
          const wilaya_code = wilaya == null ? wilaya : (yield* wilayas.named(wilaya, "wilaya")).code
          const columns = { ...changes, ...(wilaya_code !== undefined && { wilaya_code }) }
          yield* sql`UPDATE users SET ${changesOf(sql, columns)} WHERE id = ${caller.id}`
          return yield* me(caller)
        },
        sql.withTransaction,
        sqlOrDie
      )

      return Users.of({ identify, me, updateMe })
    })
  )
}
