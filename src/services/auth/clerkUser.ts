/** A user as Clerk's API and webhooks tell of them, and what we keep of it. */
import { Option, Schema } from "effect"
import { Email, Phone } from "../model.ts"
import { mendText } from "../text.ts"
import { type Claims, ClerkId } from "./claims.ts"

/** Null where Clerk knows nothing that we could keep. */
export type Profile = {
  readonly full_name: string | null
  readonly email: string | null
  readonly phone: string | null
}

export type ClerkUser = {
  readonly clerk_id: string
  readonly profile: Profile
  /** Clerk's clock, in milliseconds since the epoch. */
  readonly updated_at: number
}

const MaybeText = Schema.optionalKey(Schema.NullOr(Schema.String))

const Json = Schema.Struct({
  id: ClerkId,
  first_name: MaybeText,
  last_name: MaybeText,
  primary_email_address_id: MaybeText,
  email_addresses: Schema.optionalKey(Schema.Array(Schema.Struct({ id: Schema.String, email_address: Schema.String }))),
  primary_phone_number_id: MaybeText,
  phone_numbers: Schema.optionalKey(Schema.Array(Schema.Struct({ id: Schema.String, phone_number: Schema.String }))),
  updated_at: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 8_640_000_000_000_000 }))
})

export const decodeClerkUserJson = Schema.decodeUnknownResult(Json, { errors: "all" })

export const clerkUserOf = (user: typeof Json.Type): ClerkUser => ({
  clerk_id: user.id,
  updated_at: user.updated_at,
  profile: {
    full_name: nameOf(user.first_name, user.last_name),
    email: emailOf(user.email_addresses?.find(({ id }) => id === user.primary_email_address_id)?.email_address),
    phone: phoneOf(user.phone_numbers?.find(({ id }) => id === user.primary_phone_number_id)?.phone_number)
  }
})

/** The same of a token's claims, which may leave out any of it. */
export const profileOfClaims = (claims: Pick<Claims, "name" | "email" | "phone">): Partial<Profile> => {
  const [full_name, email, phone] = [nameOf(claims.name), emailOf(claims.email), phoneOf(claims.phone)]
  return { ...(full_name && { full_name }), ...(email && { email }), ...(phone && { phone }) }
}

const decodeEmail = Schema.decodeUnknownOption(Email)
const decodePhone = Schema.decodeUnknownOption(Phone)

const emailOf = (email: string | undefined) => Option.getOrNull(decodeEmail(email))

/** The app delivers in Algeria: a number from elsewhere is not one to call. */
const phoneOf = (phone: string | undefined) => Option.getOrNull(decodePhone(phone))

const maxName = 120

const nameOf = (...parts: ReadonlyArray<string | null | undefined>) => mendText(parts.join(" "), maxName) ?? null
