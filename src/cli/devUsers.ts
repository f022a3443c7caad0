import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import * as DevIssuer from "../layers/DevIssuer.ts"
import { Settings } from "../layers/Settings.ts"
import type { Role, SellerCategory, UserId } from "../services/auth/model.ts"
import { Users } from "../services/auth/Users.ts"
import { CommandFailed } from "./explain.ts"

/** Makes a development user what an administrator would have to decide; a seller gets a shop with this name. */
export const grant = Effect.fnUntraced(function* (
  user: UserId,
  role: Role,
  seller_category: SellerCategory | null,
  shopName: string
) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE users SET role = ${role}, seller_category = ${seller_category},
    is_verified = ${role === "seller"}, updated_at = now() WHERE id = ${user}`
  yield* sql`UPDATE products SET seller_category = ${seller_category} WHERE seller_id = ${user}`
  if (role !== "seller") return
  yield* sql`INSERT INTO sellers ${sql.insert({ id: user, full_name: shopName, slug: user })} ON CONFLICT (id) DO NOTHING`
}, Effect.orDie)

/** Whoever makes a development user vouches for the address. */
const confirm = Effect.fnUntraced(function* (user: UserId, email: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    UPDATE users SET clerk_profile = clerk_profile || jsonb_build_object('confirmed', jsonb_build_object('email', ${email}::text))
    WHERE id = ${user} AND confirmed_email IS NULL AND status <> 'deleted'`
}, Effect.orDie)

/** The row of a development user, with the role and seller category that were asked for. */
const ensure = Effect.fnUntraced(function* ({ sub, name, email, role, seller_category }: DevIssuer.DevUser) {
  const users = yield* Users
  const caller = yield* users.identify({ clerk_id: sub, name, email, expires_at: 0 })
  if (caller.role !== role || caller.seller_category !== seller_category)
    yield* grant(caller.id, role, seller_category, `Boutique ${name}`)
  yield* confirm(caller.id, email)
  return caller.id
})

export const requireDevIssuer = Effect.gen(function* () {
  const { usesClerk } = yield* Settings
  if (!usesClerk) return
  return yield* new CommandFailed({
    message: "Tokens come from Clerk here, for CLERK_JWT_KEY or CLERK_SECRET_KEY is set: sign in there, or unset it."
  })
})

/** A token of this development user, who is made when it is not there. */
export const tokenOf = Effect.fnUntraced(function* (user: DevIssuer.DevUser) {
  yield* requireDevIssuer
  const { dataDir } = yield* Settings
  const issuer = yield* DevIssuer.load(dataDir)
  const id = yield* ensure(user)
  return { id, token: yield* issuer.sign({ sub: user.sub, name: user.name, email: user.email }) }
})
