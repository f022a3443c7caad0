import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import type { UserId } from "../auth/model.ts"
import type { People } from "../auth/People.ts"
import { hashOf, newToken } from "../guestToken.ts"

/** A user, or whoever has the token of a guest's cart. A guest without one has no cart yet. */
export type CartOwner = { readonly user: UserId } | { readonly token: string | undefined }

/** Carts as rows, found by their owner and locked, so that the changes of one cart take turns. */
export const makeCartRows = (sql: SqlClient.SqlClient, people: People["Service"]) => {
  /** Over carts c. */
  const isOwn = (owner: CartOwner) =>
    "user" in owner
      ? sql`c.user_id = ${owner.user}`
      : sql`c.token_hash = ${owner.token === undefined ? null : hashOf(owner.token)}`

  /** Made on first use. */
  const lockUsers = Effect.fnUntraced(function* (user: UserId) {
    yield* people.hold(user, "use")
    const [row] = yield* sql<{ id: string }>`
      INSERT INTO carts (id, user_id) VALUES (uuidv7(), ${user})
      ON CONFLICT (user_id) DO UPDATE SET updated_at = now() RETURNING id`
    return row === undefined ? yield* Effect.die("An upsert has one row") : row.id
  })

  /** None of a guest who has none: a token that somebody made up makes no cart. */
  const lock = Effect.fnUntraced(function* (owner: CartOwner) {
    if ("user" in owner) return yield* lockUsers(owner.user)
    if (owner.token === undefined) return undefined
    const [row] = yield* sql<{ id: string }>`
      UPDATE carts c SET updated_at = now() WHERE ${isOwn(owner)} RETURNING id`
    return row?.id
  })

  /** A new one of a guest, with its token. */
  const begin = Effect.gen(function* () {
    const token = newToken()
    const [row] = yield* sql<{ id: string }>`
      INSERT INTO carts (id, token_hash) VALUES (uuidv7(), ${hashOf(token)}) RETURNING id`
    return row === undefined ? yield* Effect.die("An insert has one row") : { id: row.id, token }
  })

  return { isOwn, lock, lockUsers, begin }
}
