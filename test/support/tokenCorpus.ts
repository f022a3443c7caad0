/** RELIABILITY T16: tokens that must be refused, made from one that would be taken. */
import { createHmac, createPublicKey } from "node:crypto"
import { encodePart, sessionClaims, signToken, type TestKey } from "./tokens.ts"

type Named = readonly [name: string, token: string]

/** `ours` is the key that the server trusts, under the id in `header`; `now` is in seconds. */
export const corpus = (made: {
  readonly ours: TestKey
  readonly theirs: TestKey
  readonly now: number
  readonly header?: object
}) => {
  const { ours, theirs, now } = made
  const elsewhere = "http://127.0.0.1:9/jwks.json"
  const signed = (claims: object, header?: object) =>
    signToken(ours, sessionClaims(now, claims), { ...made.header, ...header })
  const without = (claim: string) => {
    const entries = Object.entries(sessionClaims(now)).filter(([name]) => name !== claim)
    return signToken(ours, Object.fromEntries(entries), made.header)
  }

  const unsigned = `${encodePart({ alg: "none", typ: "JWT" })}.${encodePart(sessionClaims(now))}`
  const hmac = (key: string) => {
    const input = `${encodePart({ alg: "HS256", typ: "JWT" })}.${encodePart(sessionClaims(now))}`
    return `${input}.${createHmac("sha256", key).update(input).digest("base64url")}`
  }
  const tampered = () => {
    const [header, , signature] = signed({}).split(".")
    return `${header}.${encodePart(sessionClaims(now, { sub: "user_someone_else" }))}.${signature}`
  }

  const forged: ReadonlyArray<Named> = [
    ["no signature, alg none", `${unsigned}.`],
    ["alg none with a true signature", signed({}, { alg: "none" })],
    ["HS256 keyed with the public key", hmac(ours.publicKeyPem)],
    ["HS256 keyed with the trimmed public key", hmac(ours.publicKeyPem.trim())],
    ["a header that says RS512", signed({}, { alg: "RS512" })],
    ["a header that says PS256", signed({}, { alg: "PS256" })],
    ["a header without alg", signed({}, { alg: undefined })],
    ["another RSA key", signToken(theirs, sessionClaims(now), made.header)],
    [
      "another RSA key, offered as jku and x5u",
      signToken(theirs, sessionClaims(now), { ...made.header, jku: elsewhere, x5u: elsewhere })
    ],
    [
      "another RSA key, offered as jwk",
      signToken(theirs, sessionClaims(now), {
        ...made.header,
        jwk: createPublicKey(theirs.publicKeyPem).export({ format: "jwk" })
      })
    ],
    ["another type of token", signed({}, { typ: "at+jwt" })],
    ["a critical extension nobody knows", signed({}, { crit: ["b64"], b64: false })],
    ["a payload changed after signing", tampered()],
    ["a header that is null", `${encodePart(null)}.${signed({}).split(".").slice(1).join(".")}`],
    ["a payload that is no object", signToken(ours, "user_x", made.header)],
    ["nothing", ""],
    ["two dots", ".."],
    ["words", "let me in, please"],
    ["NUL and friends", "\0.\uffff.😀"],
    ["a name of Object.prototype", "__proto__.constructor.toString"],
    ["9 KiB of a true token", signed({ padding: "x".repeat(9 * 1024) })],
    ["9 KiB of dots", ".".repeat(9 * 1024)]
  ]

  const unwanted: ReadonlyArray<Named> = [
    ["a start 6 s away", signed({ nbf: now + 6 })],
    ["an issue time 6 s away", signed({ iat: now + 6 })],
    ["another issuer", signed({ iss: "https://clerk.evil.example" })],
    ["no issuer", without("iss")],
    ["another authorized party", signed({ azp: "https://evil.example" })],
    ["no authorized party", without("azp")],
    ["an empty authorized party", signed({ azp: "" })],
    ["no subject", without("sub")],
    ["a subject that is a number", signed({ sub: 1 })],
    ["a machine's subject", signed({ sub: "mch_2RfWKJREkjKbHZy0Wqa5qrHeAnb" })],
    ["a subject with a NUL", signed({ sub: "user_\0" })],
    ["no expiry", without("exp")],
    ["an expiry that is text", signed({ exp: `${now + 60}` })],
    ["an expiry that is null", signed({ exp: null })],
    ["a session with tasks left to do", signed({ sts: "pending" })]
  ]

  return { forged, unwanted, without, signed }
}
