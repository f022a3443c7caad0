/** RELIABILITY T16 where keys come from Clerk's API. */
import { randomBytes } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import * as Clerk from "../../../src/layers/Clerk.ts"
import { Tokens } from "../../../src/services/auth/Tokens.ts"
import { type ClerkApi, type Mode, startClerkApi } from "../../support/clerkApi.ts"
import { corpus } from "../../support/tokenCorpus.ts"
import { makeKey, sessionClaims, signToken } from "../../support/tokens.ts"

const now = 1_800_000_000
const ours = makeKey()
const next = makeKey()
const theirs = makeKey()
const kid = "ins_2RfWKJREkjKbHZy0Wqa5qrHeAnb"

const tokensFrom = (api: ClerkApi) =>
  Layer.build(
    Clerk.layerRemote({
      api: { url: api.url, secretKey: Redacted.make(api.secretKey) },
      issuer: "https://clerk.shop.example",
      authorizedParties: ["https://shop.example"],
      allowMissingAzp: false
    })
  ).pipe(Effect.map((context) => Context.get(context, Tokens)))

/** A played Clerk with our key, and the verifier that asks it. */
const start = Effect.fnUntraced(function* (mode: Mode = "ok") {
  yield* TestClock.setTime(now * 1000)
  const api = yield* startClerkApi
  api.keys = { [kid]: ours }
  api.mode = mode
  return { api, tokens: yield* tokensFrom(api) }
})

/** Lives as long as the test needs it to. */
const tokenOf = (key = ours, id: string | undefined = kid, claims: object = {}) =>
  signToken(key, sessionClaims(now, { exp: now + 100_000, ...claims }), { kid: id })

/** Verifies while Clerk says nothing, until its time is up. */
const verifyInSilence = Effect.fnUntraced(function* (
  { api, tokens }: { readonly api: ClerkApi; readonly tokens: Tokens["Service"] },
  token: string
) {
  const asked = api.asked.jwks
  const verifying = yield* Effect.forkChild(Effect.result(tokens.verify(token)))
  yield* api.untilAsked("jwks", asked + 1)
  yield* TestClock.adjust("3 seconds")
  return yield* Fiber.join(verifying)
})

describe("keys from Clerk's API", () => {
  it.effect("are fetched once, however many tokens come at once and after", () =>
    Effect.gen(function* () {
      const { api, tokens } = yield* start()
      const many = Array.from({ length: 100 }, (_, n) => tokenOf(ours, kid, { sub: `user_${n}` }))
      yield* Effect.forEach(many, tokens.verify, { concurrency: "unbounded" })
      yield* TestClock.adjust("10 minutes")
      yield* tokens.verify(tokenOf())
      assert.strictEqual(api.asked.jwks, 1)
    })
  )

  it.effect("do for none of the tokens that must be refused", () =>
    Effect.gen(function* () {
      const { api, tokens } = yield* start()
      const { forged, unwanted, signed, without } = corpus({ ours, theirs, now, header: { kid } })
      const cases = [
        ...forged,
        ...unwanted,
        ["an expiry 6 s ago", signed({ exp: now - 6 })],
        ["no key id", signed({}, { kid: undefined })],
        ["a key id that is a number", signed({}, { kid: 7 })],
        ["a key id of Object.prototype", signed({}, { kid: "__proto__" })],
        ["the id of a key that is not there", signed({}, { kid: "ins_other" })]
      ] as const
      yield* tokens.verify(signed({}))
      for (const [name, token] of cases) {
        assert.strictEqual((yield* Effect.flip(tokens.verify(token)))._tag, "InvalidToken", name)
      }
      assert.strictEqual((yield* Effect.flip(tokens.verify(without("azp"))))._tag, "InvalidToken")
      assert.strictEqual(api.asked.jwks, 1)
    })
  )

  it.effect("are asked for at most once a minute, whatever ids 10,000 tokens invent", () =>
    Effect.gen(function* () {
      const { api, tokens } = yield* start()
      yield* tokens.verify(tokenOf())
      const [, payload, signature] = tokenOf().split(".")
      const invented = () => {
        const header = { alg: "RS256", typ: "JWT", kid: `ins_${randomBytes(12).toString("hex")}` }
        return `${Buffer.from(JSON.stringify(header)).toString("base64url")}.${payload}.${signature}`
      }
      for (let minute = 0; minute < 5; minute++) {
        const tags = yield* Effect.forEach(
          Array.from({ length: 2000 }, invented),
          (token) => Effect.map(Effect.flip(tokens.verify(token)), ({ _tag }) => _tag),
          { concurrency: 200 }
        )
        assert.deepStrictEqual([...new Set(tags)], ["InvalidToken"])
        assert.strictEqual(api.asked.jwks, 1 + minute)
        yield* TestClock.adjust("1 minute")
      }
    })
  )

  it.effect("follow a rotation within a minute, and the old key goes", () =>
    Effect.gen(function* () {
      const { api, tokens } = yield* start()
      yield* tokens.verify(tokenOf())
      api.keys = { [kid]: ours, ins_next: next }
      yield* TestClock.adjust("59 seconds")
      yield* Effect.flip(tokens.verify(tokenOf(next, "ins_next")))
      yield* TestClock.adjust("1 second")
      yield* tokens.verify(tokenOf(next, "ins_next"))
      yield* tokens.verify(tokenOf(ours, kid, { sub: "user_old_key" }))
      api.keys = { ins_next: next }
      yield* TestClock.adjust("59 minutes")
      yield* api.untilAsked("jwks", 3)
      // The answer is in once an id that nobody knows has been looked for in it.
      yield* Effect.flip(tokens.verify(tokenOf(theirs, "ins_unknown")))
      yield* Effect.flip(tokens.verify(tokenOf(ours, kid, { sub: "user_older_key" })))
      assert.strictEqual(api.asked.jwks, 3)
    })
  )

  it.effect.each(["error", "nonsense", "html", "redirect", "unreachable", "silent"] as const)(
    "stay when a later answer is %s",
    (mode) =>
      Effect.gen(function* () {
        const { api, tokens } = yield* start()
        yield* tokens.verify(tokenOf())
        api.mode = mode
        yield* TestClock.adjust("1 hour")
        yield* api.untilAsked("jwks", 2)
        yield* TestClock.adjust("3 seconds")
        yield* Effect.flip(tokens.verify(tokenOf(next, "ins_next")))
        yield* tokens.verify(tokenOf(ours, kid, { sub: "user_later" }))
        assert.strictEqual(api.asked.jwks, 2)
      })
  )

  it.effect.each(["error", "nonsense", "html", "redirect", "unreachable"] as const)(
    "that were never had, for the answer is %s, make a token neither good nor bad, and are asked for every 5 s at most",
    (mode) =>
      Effect.gen(function* () {
        const { api, tokens } = yield* start(mode)
        const verify = tokens.verify(tokenOf())
        const errors = yield* Effect.replicateEffect(Effect.flip(verify), 50, { concurrency: "unbounded" })
        for (const error of errors) assert.deepInclude(error, { _tag: "Unavailable", retry_after: 5 })
        assert.strictEqual(api.asked.jwks, 1)
        yield* TestClock.adjust("4 seconds")
        yield* Effect.flip(verify)
        assert.strictEqual(api.asked.jwks, 1)
        api.mode = "ok"
        yield* TestClock.adjust("1 second")
        yield* verify
        assert.strictEqual(api.asked.jwks, 2)
      })
  )

  it.effect("that are not given within 3 s were not had; somebody who went away has not stopped the others", () =>
    Effect.gen(function* () {
      const { api, tokens } = yield* start("silent")
      const gone = yield* Effect.forkChild(tokens.verify(tokenOf()))
      yield* api.untilAsked("jwks", 1)
      yield* Fiber.interrupt(gone)
      const waiting = yield* Effect.forkChild(Effect.flip(tokens.verify(tokenOf())))
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual((yield* Fiber.join(waiting))._tag, "Unavailable")
      yield* TestClock.adjust("2 seconds")
      const outcome = yield* verifyInSilence({ api, tokens }, tokenOf())
      assert.strictEqual(outcome._tag, "Failure")
      assert.strictEqual(api.asked.jwks, 2)
    })
  )

  it.effect("are not had where nothing listens", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      const api = yield* startClerkApi
      yield* api.stop
      const tokens = yield* tokensFrom(api)
      assert.strictEqual((yield* Effect.flip(tokens.verify(tokenOf())))._tag, "Unavailable")
    })
  )

  it.effect("of other kinds, too short, or for another use, are passed over", () =>
    Effect.gen(function* () {
      const { api, tokens } = yield* start()
      api.keys = { [kid]: ours, ins_short: makeKey(1024) }
      yield* tokens.verify(tokenOf())
      yield* Effect.flip(tokens.verify(tokenOf(api.keys.ins_short, "ins_short")))
    })
  )
})
