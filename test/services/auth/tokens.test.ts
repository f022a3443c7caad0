import { webcrypto } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Redacted, Result } from "effect"
import { TestClock } from "effect/testing"
import { vi } from "vitest"
import * as Clerk from "../../../src/layers/Clerk.ts"
import { Tokens } from "../../../src/services/auth/Tokens.ts"
import { corpus } from "../../support/tokenCorpus.ts"
import { encodePart, makeKey, sessionClaims, signToken } from "../../support/tokens.ts"

const now = 1_800_000_000
const ours = makeKey()
const theirs = makeKey()
const options: Clerk.Options = {
  jwtKey: Redacted.make(ours.publicKeyPem),
  issuer: "https://clerk.shop.example",
  authorizedParties: ["https://shop.example"],
  allowMissingAzp: false
}

const verifyWith = (changes: Partial<Clerk.Options>, token: string) =>
  Effect.flatMap(Tokens, (tokens) => tokens.verify(token)).pipe(
    Effect.provide(Clerk.layer({ ...options, ...changes })),
    (effect) => Effect.andThen(TestClock.setTime(now * 1000), effect)
  )
const verify = (token: string) => verifyWith({}, token)
const signed = (claims: object, header?: object) => signToken(ours, sessionClaims(now, claims), header)
const { forged, unwanted, without } = corpus({ ours, theirs, now })

describe("a token is refused, in the same safe words, for", () => {
  it.effect.each([...forged, ...unwanted])("%s", ([, token]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(verify(token))
      assert.strictEqual(error._tag, "InvalidToken")
      assert.strictEqual(error.message, "The access token is not valid.")
    })
  )
})

describe("Tokens", () => {
  it.effect("tells who a session token belongs to, and nothing about role or seller category", () =>
    Effect.gen(function* () {
      const profile = { email: "amina@shop.example", name: "Amina Benali", phone: "+213555123456" }
      const claims = yield* verify(
        signed({ ...profile, role: "admin", seller_category: "importateur", public_metadata: { role: "admin" } })
      )
      assert.deepStrictEqual(claims, {
        clerk_id: "user_2RfWKJREkjKbHZy0Wqa5qrHeAnb",
        session_id: "sess_2Ro7e2IxrffdqBboq8KfB6eGbIy",
        expires_at: now + 60,
        ...profile
      })
    })
  )

  it.effect("treats profile claims that are null, empty or unstorable as absent", () =>
    Effect.gen(function* () {
      const claims = yield* verify(signed({ sid: undefined, email: null, name: " ", phone: "\0" }))
      assert.deepStrictEqual(claims, { clerk_id: "user_2RfWKJREkjKbHZy0Wqa5qrHeAnb", expires_at: now + 60 })
    })
  )

  it.effect("says so when a token expired more than 5 s ago", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(verify(signed({ exp: now - 6 })))
      assert.strictEqual(error.message, "The access token is expired.")
    })
  )

  it.effect("does not tell the expiry of a token that is not ours", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(verify(signToken(theirs, sessionClaims(now, { exp: now - 6 }))))
      assert.strictEqual(error.message, "The access token is not valid.")
    })
  )

  it.effect("forgives clocks that differ by up to 5 s", () =>
    Effect.gen(function* () {
      yield* verify(signed({ exp: now - 2 }))
      yield* verify(signed({ nbf: now + 4, iat: now + 4 }))
    })
  )

  it.effect("takes a token without azp only where that is allowed, and a wrong azp nowhere", () =>
    Effect.gen(function* () {
      yield* verifyWith({ allowMissingAzp: true }, without("azp"))
      yield* Effect.flip(verifyWith({ allowMissingAzp: true }, signed({ azp: "https://evil.example" })))
      yield* Effect.flip(verifyWith({ authorizedParties: [] }, signed({})))
    })
  )

  it.effect("takes any issuer when none is set", () =>
    verifyWith({ issuer: undefined }, signed({ iss: "https://other" }))
  )

  it.effect("never fetches a key: neither the header's jku and x5u nor 500 unknown kids make a request", () =>
    Effect.gen(function* () {
      const fetched = vi.spyOn(globalThis, "fetch")
      const url = "http://127.0.0.1:9/jwks.json"
      yield* Effect.flip(verify(signToken(theirs, sessionClaims(now), { jku: url, x5u: url })))
      const [, payload, signature] = signed({}).split(".")
      yield* Effect.forEach(Array.from({ length: 500 }), (_, n) =>
        Effect.flip(verify(`${encodePart({ alg: "RS256", typ: "JWT", kid: `ins_${n}` })}.${payload}.${signature}`))
      )
      assert.strictEqual(fetched.mock.calls.length, 0)
      fetched.mockRestore()
    })
  )
})

describe("a verified token", () => {
  const counting = Effect.acquireRelease(
    Effect.sync(() => vi.spyOn(webcrypto.subtle, "verify")),
    (spy) => Effect.sync(() => spy.mockRestore())
  )
  const tokensWith = (changes: Partial<Clerk.Options>) =>
    TestClock.setTime(now * 1000).pipe(
      Effect.andThen(Layer.build(Clerk.layer({ ...options, ...changes }))),
      Effect.map((context) => Context.get(context, Tokens))
    )

  it.effect("is not verified again while it lives", () =>
    Effect.gen(function* () {
      const tokens = yield* tokensWith({})
      const spy = yield* counting
      const token = signed({})
      const first = yield* tokens.verify(token)
      yield* TestClock.adjust("59 seconds")
      assert.deepStrictEqual(yield* tokens.verify(token), first)
      assert.strictEqual(spy.mock.calls.length, 1)
    })
  )

  it.effect("is forgotten at its expiry", () =>
    Effect.gen(function* () {
      const tokens = yield* tokensWith({})
      const spy = yield* counting
      const token = signed({})
      yield* tokens.verify(token)
      yield* TestClock.adjust("60 seconds")
      yield* tokens.verify(token)
      assert.strictEqual(spy.mock.calls.length, 2)
      yield* TestClock.adjust("5 seconds")
      const error = yield* Effect.flip(tokens.verify(token))
      assert.strictEqual(error.message, "The access token is expired.")
    })
  )

  it.effect("makes the longest unused one be forgotten once too many are remembered", () =>
    Effect.gen(function* () {
      const tokens = yield* tokensWith({ remembered: 2 })
      const spy = yield* counting
      const [a, b, c] = [signed({ jti: "a" }), signed({ jti: "b" }), signed({ jti: "c" })]
      yield* Effect.forEach([a, b, a, c], tokens.verify)
      assert.strictEqual(spy.mock.calls.length, 3)
      yield* tokens.verify(a)
      assert.strictEqual(spy.mock.calls.length, 3)
      yield* tokens.verify(b)
      assert.strictEqual(spy.mock.calls.length, 4)
    })
  )

  it.effect("is remembered by itself: a refused one is judged anew every time", () =>
    Effect.gen(function* () {
      const tokens = yield* tokensWith({})
      const early = signed({ nbf: now + 20 })
      yield* Effect.flip(tokens.verify(early))
      yield* TestClock.adjust("20 seconds")
      yield* tokens.verify(early)
    })
  )
})

describe("the JWT key", () => {
  it.effect.each([
    ["on one line", ours.publicKeyPem.replaceAll("\n", "")],
    ["with its line breaks spelt out", ours.publicKeyPem.replaceAll("\n", "\\n")]
  ] as const)("is read %s", ([, pem]) => verifyWith({ jwtKey: Redacted.make(pem) }, signed({})))

  it.each([
    ["empty", ""],
    ["a word", "pk_test_abc"],
    ["a private key", ours.privateKey.export({ type: "pkcs8", format: "pem" }).toString()],
    ["too short", makeKey(1024).publicKeyPem]
  ])("that is %s is named as such in one line", (_, pem) => {
    const result = Clerk.readJwtKey(pem)
    assert.isTrue(Result.isFailure(result))
    if (Result.isFailure(result)) assert.match(result.failure.message, /^The JWT key is not an RSA public key[^\n]*$/)
  })
})
