import { Option, Result, Schema } from "effect"
import { mendText } from "../text.ts"
import { InvalidToken } from "./errors.ts"

/**
 * All that is believed of a token. Role and seller category are absent on purpose: they live in our database,
 * so that nothing a client or an identity provider writes into a token can raise them.
 */
export interface Claims {
  readonly clerk_id: string
  readonly session_id?: string
  readonly email?: string
  readonly name?: string
  readonly phone?: string
  /** Seconds since the epoch. */
  readonly expires_at: number
}

export interface Policy {
  /** Undefined: any issuer, the signature alone decides. */
  readonly issuer: string | undefined
  /** Origins whose tokens are taken; none are when it is empty. */
  readonly authorizedParties: ReadonlyArray<string>
  /** Clerk leaves `azp` out when the request that asked for the token had no Origin, as native apps' have not. */
  readonly allowMissingAzp: boolean
}

const clockSkewSeconds = 5

export const ClerkId = Schema.String.annotate({ message: "Expected the id of a Clerk user" }).check(
  Schema.isPattern(/^user_[!-~]{1,200}$/, { message: "Expected the id of a Clerk user" })
)

const Payload = Schema.Struct({
  // Clerk signs machine tokens (`mch_…`) with the same key; they are nobody's session.
  sub: ClerkId,
  exp: Schema.Finite,
  nbf: Schema.optionalKey(Schema.Finite),
  iat: Schema.optionalKey(Schema.Finite),
  iss: Schema.optionalKey(Schema.String),
  azp: Schema.optionalKey(Schema.String),
  sid: Schema.optionalKey(Schema.String),
  sts: Schema.optionalKey(Schema.String),
  // A session template writes null for what a user has not filled in: that must not lock the user out.
  email: Schema.optionalKey(Schema.Unknown),
  name: Schema.optionalKey(Schema.Unknown),
  phone: Schema.optionalKey(Schema.Unknown)
})

const decode = Schema.decodeUnknownOption(Payload)

/** Judges the payload of a token whose signature was found good. `now` in milliseconds. */
export const judge = (payload: unknown, policy: Policy, now: number): Result.Result<Claims, InvalidToken> => {
  const decoded = decode(payload)
  if (Option.isNone(decoded)) return Result.fail(InvalidToken.refused())
  const claims = decoded.value
  const seconds = now / 1000
  if (!isFromUs(claims, policy) || !hasBegun(claims, seconds)) return Result.fail(InvalidToken.refused())
  if (claims.exp <= seconds - clockSkewSeconds) return Result.fail(InvalidToken.expired())
  const email = text(claims.email)
  const name = text(claims.name)
  const phone = text(claims.phone)
  return Result.succeed({
    clerk_id: claims.sub,
    expires_at: claims.exp,
    ...(claims.sid && { session_id: claims.sid }),
    ...(email && { email }),
    ...(name && { name }),
    ...(phone && { phone })
  })
}

const isFromUs = (claims: typeof Payload.Type, policy: Policy): boolean => {
  if (policy.issuer !== undefined && claims.iss !== policy.issuer) return false
  // A session with tasks left to do (`pending`) counts as signed out, as in Clerk's own middleware.
  if (claims.sts === "pending") return false
  return claims.azp ? policy.authorizedParties.includes(claims.azp) : policy.allowMissingAzp
}

const hasBegun = ({ nbf, iat }: typeof Payload.Type, seconds: number): boolean =>
  Math.max(nbf ?? 0, iat ?? 0) <= seconds + clockSkewSeconds

/** What nobody is called is as good as absent. */
const text = (claim: unknown): string | undefined =>
  typeof claim === "string" && claim.length <= 320 ? mendText(claim, 320) : undefined
