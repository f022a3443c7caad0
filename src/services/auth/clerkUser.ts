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

/** What Clerk has verified to be the person's; of a profile the rest is what they say. */
export type Confirmed = Pick<Profile, "email" | "phone">

export type ClerkUser = {
  readonly clerk_id: string
  readonly profile: Profile
  readonly confirmed: Confirmed
  /** Clerk's clock, in milliseconds since the epoch. */
  readonly updated_at: number
}

const MaybeText = Schema.optionalKey(Schema.NullOr(Schema.String))

const verification = Schema.optionalKey(
  Schema.NullOr(Schema.Struct({ status: Schema.optionalKey(Schema.NullOr(Schema.String)) }))
)
const EmailAddress = Schema.Struct({ id: Schema.String, email_address: Schema.String, verification })
const PhoneNumber = Schema.Struct({ id: Schema.String, phone_number: Schema.String, verification })

const Json = Schema.Struct({
  id: ClerkId,
  first_name: MaybeText,
  last_name: MaybeText,
  primary_email_address_id: MaybeText,
  email_addresses: Schema.optionalKey(Schema.Array(EmailAddress)),
  primary_phone_number_id: MaybeText,
  phone_numbers: Schema.optionalKey(Schema.Array(PhoneNumber)),
  updated_at: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 8_640_000_000_000_000 }))
})

export const decodeClerkUserJson = Schema.decodeUnknownResult(Json, { errors: "all" })

export const clerkUserOf = (user: typeof Json.Type): ClerkUser => {
  const address = user.email_addresses?.find(({ id }) => id === user.primary_email_address_id)
  const number = user.phone_numbers?.find(({ id }) => id === user.primary_phone_number_id)
  const [email, phone] = [emailOf(address?.email_address), phoneOf(number?.phone_number)]
  return {
    clerk_id: user.id,
    updated_at: user.updated_at,
    profile: { full_name: nameOf(user.first_name, user.last_name), email, phone },
    confirmed: { email: isVerified(address) ? email : null, phone: isVerified(number) ? phone : null }
  }
}

const isVerified = (identifier: typeof EmailAddress.Type | typeof PhoneNumber.Type | undefined) =>
  identifier?.verification?.status === "verified"

/** A row's `clerk_profile`. */
export const clerkProfileOf = (said: {
  readonly profile: Partial<Profile>
  readonly confirmed?: Confirmed | undefined
}) => JSON.stringify({ ...said.profile, confirmed: said.confirmed })

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
