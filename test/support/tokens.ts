import { generateKeyPairSync, type KeyObject, sign } from "node:crypto"

export interface TestKey {
  readonly privateKey: KeyObject
  readonly publicKeyPem: string
}

export const makeKey = (modulusLength = 2048): TestKey => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength })
  return { privateKey, publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString() }
}

export const encodePart = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString("base64url")

/** Any header over any payload, signed as RS256 whatever the header claims. */
export const signToken = (key: TestKey, payload: unknown, header: object = {}): string => {
  const input = `${encodePart({ alg: "RS256", kid: "ins_test", typ: "JWT", ...header })}.${encodePart(payload)}`
  return `${input}.${sign("sha256", Buffer.from(input), key.privateKey).toString("base64url")}`
}

/** A session token's claims at `now` (seconds since the epoch), as Clerk writes them. */
export const sessionClaims = (now: number, claims: object = {}) => ({
  azp: "https://shop.example",
  exp: now + 60,
  fva: [0, -1],
  iat: now,
  iss: "https://clerk.shop.example",
  nbf: now - 10,
  sid: "sess_2Ro7e2IxrffdqBboq8KfB6eGbIy",
  sts: "active",
  sub: "user_2RfWKJREkjKbHZy0Wqa5qrHeAnb",
  v: 2,
  ...claims
})
