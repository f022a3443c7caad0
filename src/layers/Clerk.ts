import { createPublicKey, hash, type webcrypto } from "node:crypto"
import { Clock, Effect, Layer, Redacted, Result } from "effect"
import { type Claims, judge, type Policy } from "../services/auth/claims.ts"
import { InvalidToken } from "../services/auth/errors.ts"
import { Tokens } from "../services/auth/Tokens.ts"
import type { Unavailable } from "../services/errors.ts"
import * as ClerkKeys from "./ClerkKeys.ts"

export interface Verification extends Policy {
  /** How many verified tokens are remembered, 10,000 unless said. */
  readonly remembered?: number
}

export interface Options extends Verification {
  /** Clerk's PEM public key (dashboard, API keys, JWKS public key). With it no token costs a network call. */
  readonly jwtKey: Redacted.Redacted<string>
}

export interface RemoteOptions extends Verification {
  readonly api: ClerkKeys.ClerkApi
}

const maxTokenLength = 8 * 1024

/** Tokens verified with our one key, whatever id they give it. A key that is no key is a defect. */
export const layer = (options: Options): Layer.Layer<Tokens> =>
  Layer.effect(
    Tokens,
    Effect.fromResult(readJwtKey(Redacted.value(options.jwtKey))).pipe(
      Effect.orDie,
      Effect.map((key) => tokensOf(options, () => Effect.succeed(key)))
    )
  )

/** Tokens verified with the keys that Clerk's API gives. */
export const layerRemote = (options: RemoteOptions): Layer.Layer<Tokens> =>
  Layer.effect(
    Tokens,
    Effect.map(ClerkKeys.make(options.api), (find) =>
      tokensOf(options, (id) => (typeof id === "string" ? find(id) : Effect.succeed(undefined)))
    )
  )

type FindKey = (id: unknown) => Effect.Effect<webcrypto.JsonWebKey | undefined, Unavailable>

/** Verified by `@clerk/backend`, RS256 only, then by `judge`. */
const tokensOf = (options: Verification, findKey: FindKey) => {
  const verified = recent<Claims>(options.remembered ?? 10_000)

  const payloadOf = Effect.fnUntraced(function* (token: string) {
    const { decodeJwt, verifyJwt } = yield* loadClerk
    const id = yield* Effect.try({ try: () => keyIdIn(decodeJwt(token).header), catch: InvalidToken.refused })
    const key = yield* findKey(id)
    if (key === undefined) return yield* InvalidToken.refused()
    return yield* Effect.tryPromise({
      try: () => verifyJwt(token, { key, clockSkewInMs: Number.MAX_SAFE_INTEGER }), // `judge` tells the time
      catch: InvalidToken.refused
    })
  })

  // Untraced, for it runs in every request: a span would cost four times what a remembered token does.
  const verify = Effect.fnUntraced(function* (token: string) {
    if (token.length > maxTokenLength) return yield* InvalidToken.refused()
    const digest = hash("sha256", token, "base64")
    const now = yield* Clock.currentTimeMillis
    const known = verified.get(digest)
    if (known !== undefined && now < known.expires_at * 1000) return known
    const claims = yield* Effect.fromResult(judge(yield* payloadOf(token), options, now))
    verified.set(digest, claims)
    return claims
  })

  return Tokens.of({ verify })
}

/** Clerk would take RS384 and RS512 too, and skips over the `crit` that RFC 7515 §4.1.11 makes binding. */
const keyIdIn = (header: { readonly alg: unknown; readonly crit?: unknown; readonly kid?: unknown }) => {
  if (header.alg !== "RS256" || header.crit !== undefined) throw InvalidToken.refused()
  return header.kid
}

/** Reads the key as people paste it: PEM on many lines, on one, or with `\n` spelt out. The failure is one line. */
export const readJwtKey = (pem: string): Result.Result<webcrypto.JsonWebKey, Error> =>
  Result.try({
    try: () => {
      const base64 = pem.replaceAll("\\n", "\n").replace(/-----[^-]+-----/g, "")
      const key = createPublicKey({ key: Buffer.from(base64, "base64"), format: "der", type: "spki" })
      const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
      if (key.asymmetricKeyType !== "rsa" || bits < 2048) throw new Error("not RSA, or too short")
      // With `alg` in the key, Web Crypto itself refuses to verify anything but RS256 with it.
      return { ...key.export({ format: "jwk" }), alg: "RS256" }
    },
    catch: () => new Error('The JWT key is not an RSA public key in PEM form ("-----BEGIN PUBLIC KEY-----").')
  })

/**
 * Loaded with the first token, not at start: the module touches `fetch` and its kin, which makes Node load undici
 * (20 ms and 4 MB on top of a running server; from the root of the package it would be 30 ms and 7 MB).
 */
const loadClerk = Effect.promise(() => import("@clerk/backend/jwt"))

/** A map that forgets what was longest unused. */
const recent = <A>(capacity: number) => {
  const entries = new Map<string, A>()
  const set = (key: string, value: A): void => {
    entries.delete(key)
    entries.set(key, value)
    const oldest = entries.size > capacity ? entries.keys().next().value : undefined
    if (oldest !== undefined) entries.delete(oldest)
  }
  const get = (key: string): A | undefined => {
    const value = entries.get(key)
    if (value !== undefined) set(key, value)
    return value
  }
  return { get, set }
}
