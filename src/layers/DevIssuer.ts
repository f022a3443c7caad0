import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  hash,
  type KeyObject,
  randomBytes,
  sign
} from "node:crypto"
import { join } from "node:path"
import { promisify } from "node:util"
import { Clock, Config, Effect, Layer, Redacted, Schema } from "effect"
import type { Role, SellerCategory } from "../services/auth/model.ts"
import type { Tokens } from "../services/auth/Tokens.ts"
import * as Clerk from "./Clerk.ts"
import { codeOf, keptKey } from "./keyFile.ts"

/** One line for a person at a terminal. */
export class DevIssuerError extends Schema.TaggedError<DevIssuerError>()("DevIssuerError", {
  message: Schema.String
}) {}

export interface DevClaims {
  readonly sub: string
  readonly email?: string
  readonly name?: string
  readonly phone?: string
  /** 30 days unless said: these tokens are pasted into curl and kept in notes. */
  readonly expires_in_seconds?: number
}

export interface DevIssuer {
  readonly publicKeyPem: string
  readonly issuer: string
  readonly authorizedParty: string
  sign(claims: DevClaims): Effect.Effect<string>
}

export const issuer = "https://dev.zst.localhost"
export const authorizedParty = "http://localhost:3000"
const thirtyDays = 30 * 24 * 60 * 60

/** The issuer of embedded mode. Its key is made on first use and kept in `dataDir`, so printed tokens outlive restarts. */
export const load = Effect.fn("DevIssuer.load")(function* (
  dataDir: string
): Effect.fn.Return<DevIssuer, DevIssuerError> {
  const environment = yield* Config.String("NODE_ENV").pipe(Config.withDefault(""), Effect.orDie)
  if (environment.trim() === "production") {
    return yield* new DevIssuerError({
      message: "The development issuer is never on in production: set CLERK_SECRET_KEY and CLERK_JWT_KEY."
    })
  }
  const privateKey = yield* loadKey(dataDir)
  const publicKeyPem = createPublicKey(privateKey).export({ type: "spki", format: "pem" }).toString()
  const kid = `ins_dev_${hash("sha256", publicKeyPem, "hex").slice(0, 16)}`
  return {
    publicKeyPem,
    issuer,
    authorizedParty,
    sign: (claims) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const payload = sessionPayload(claims, Math.floor(now / 1000))
        const input = `${encode({ alg: "RS256", kid, typ: "JWT" })}.${encode(payload)}`
        return `${input}.${sign("sha256", Buffer.from(input), privateKey).toString("base64url")}`
      })
  }
})

/** `Tokens` that takes this issuer's tokens, through the code that takes Clerk's in production. */
export const layer = (dataDir: string): Layer.Layer<Tokens, DevIssuerError> =>
  Layer.unwrap(
    Effect.map(load(dataDir), (dev) =>
      Clerk.layer({
        jwtKey: Redacted.make(dev.publicKeyPem),
        issuer: dev.issuer,
        authorizedParties: [dev.authorizedParty],
        allowMissingAzp: false
      })
    )
  )

/** The claims of a Clerk session token, version 2: https://clerk.com/docs/guides/sessions/session-tokens */
const sessionPayload = ({ expires_in_seconds = thirtyDays, sub, ...profile }: DevClaims, now: number) => ({
  azp: authorizedParty,
  exp: now + expires_in_seconds,
  fva: [0, -1],
  iat: now,
  iss: issuer,
  jti: randomBytes(10).toString("hex"),
  nbf: now - 10,
  sid: `sess_dev_${randomBytes(12).toString("hex")}`,
  sts: "active",
  sub,
  v: 2,
  ...profile
})

const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString("base64url")

const loadKey = Effect.fnUntraced(function* (dataDir: string) {
  const path = join(dataDir, "dev-issuer.pem")
  const pem = yield* Effect.tryPromise({
    try: () => keptKey(path, newKey),
    catch: (error) =>
      new DevIssuerError({
        message: `The development key ${path} cannot be read or made (${codeOf(error)}): give this user access to it.`
      })
  })
  return yield* Effect.try({
    try: () => rsaKey(pem),
    catch: () =>
      new DevIssuerError({
        message: `The development key ${path} is damaged: delete it and start again (tokens printed before will no longer work).`
      })
  })
})

const rsaKey = (pem: string): KeyObject => {
  const key = createPrivateKey(pem)
  if (key.asymmetricKeyType !== "rsa") throw new Error("not an RSA key")
  return key
}

const newKey = async () => {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 })
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString()
}

export interface DevUser {
  readonly sub: string
  readonly name: string
  readonly email: string
  readonly role: Role
  readonly seller_category: SellerCategory | null
}

/**
 * The same arguments give the same user, on every machine; without a name, the demo users of the seed.
 * A seller of no stated category is an importateur, who may sell to everyone. Other roles have none.
 */
export const devUser = (args: {
  role: Exclude<Role, "freelancer">
  seller_category?: SellerCategory
  name?: string
}): DevUser => {
  const seller_category = args.role === "seller" ? (args.seller_category ?? "importateur") : null
  const name = args.name?.normalize("NFC").trim()
  const parts = [args.role, ...(seller_category ? [seller_category] : []), ...(name ? [handle(name)] : [])]
  return {
    sub: `user_dev_${parts.join("_")}`,
    name: name || `Demo ${seller_category ?? args.role}`,
    email: `${parts.join(".")}@zst.example`,
    role: args.role,
    seller_category
  }
}

/** A name in id characters. One that loses something by it ("Ali", "علي") gets a digest, to stay different from "ali". */
const handle = (name: string): string => {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .slice(0, 32)
  return plain === name ? plain : `${plain}_${hash("sha256", name, "hex").slice(0, 12)}`
}
