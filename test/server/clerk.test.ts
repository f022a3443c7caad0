/** A server whose people are at Clerk, which is played: RELIABILITY T16 over HTTP, and first sights. */
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { type ClerkApi, type Mode, PlayedClerk } from "../support/clerkApi.ts"
import { freshDatabase } from "../support/database.ts"
import { eventually } from "../support/eventually.ts"
import { insisting, TestServer } from "../support/server.ts"
import { corpus } from "../support/tokenCorpus.ts"
import { makeKey, sessionClaims, signToken } from "../support/tokens.ts"
import { clerkUser, seal } from "../support/webhooks.ts"

const path = "/api/v1/users/me"
const now = 1_800_000_000
const ours = makeKey()
const theirs = makeKey()
const kid = "ins_2RfWKJREkjKbHZy0Wqa5qrHeAnb"

const settingsOf = ({ url, secretKey }: ClerkApi) => ({
  CLERK_SECRET_KEY: secretKey,
  CLERK_API_URL: url,
  CLERK_ISSUER: "https://clerk.shop.example",
  CLERK_AUTHORIZED_PARTIES: "https://shop.example"
})

/** A server over the Clerk that is played beside it, which answers at first as `mode` says. */
const served = (mode: Mode = "ok") =>
  Layer.unwrap(
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      const clerk = yield* PlayedClerk
      clerk.keys = { [kid]: ours }
      clerk.mode = mode
      return TestServer.over(freshDatabase, settingsOf(clerk)).pipe(Layer.fresh)
    })
  ).pipe(Layer.provideMerge(Layer.fresh(PlayedClerk.layer)))

const tokenOf = (sub: string, claims: object = {}) =>
  signToken(ours, sessionClaims(now, { exp: now + 100_000, sub, ...claims }), { kid })

const claimed = { name: "From The Token", email: "token@example.dz", phone: "0555123456" }

const meOf = Effect.fnUntraced(function* (token: string) {
  const server = yield* TestServer
  return yield* server.get(path, { token })
})

/** Closes the circuit that failures before have opened. */
const recovered = Effect.gen(function* () {
  const clerk = yield* PlayedClerk
  clerk.mode = "ok"
  yield* TestClock.adjust("31 seconds")
  const { status } = yield* meOf(tokenOf(`user_probe_${clerk.asked.users}`))
  assert.strictEqual(status, 200)
})

layer(served())("with the secret key of Clerk alone", (it) => {
  it.effect("tokens that must be refused are 401, each in the same words", () =>
    Effect.gen(function* () {
      const { forged, unwanted, signed } = corpus({ ours, theirs, now, header: { kid } })
      const cases = [...forged, ...unwanted, ["an expiry 6 s ago", signed({ exp: now - 6 })] as const]
      assert.strictEqual((yield* meOf(signed({}))).status, 200)
      for (const [name, token] of cases) {
        // What no HTTP client sends as a header is nothing that arrives.
        if (token.trim() === "" || /[^\x20-\x7e]/.test(token)) continue
        const { status, json } = yield* meOf(token)
        assert.deepStrictEqual([name, status], [name, 401])
        assert.include(["INVALID_TOKEN", "UNAUTHENTICATED"], json.error.code)
      }
    })
  )

  it.effect(
    "10,000 tokens that invent key ids are 401, and cost Clerk one request a minute at most",
    () =>
      Effect.gen(function* () {
        const clerk = yield* PlayedClerk
        const [, payload, signature] = tokenOf("user_x").split(".")
        const invented = (n: number) => {
          const header = { alg: "RS256", typ: "JWT", kid: `ins_invented_${n}` }
          return `${Buffer.from(JSON.stringify(header)).toString("base64url")}.${payload}.${signature}`
        }
        const before = clerk.asked.jwks
        const statuses = yield* Effect.forEach(
          Array.from({ length: 10_000 }, (_, n) => n),
          (n) => Effect.map(meOf(invented(n)), ({ status }) => status),
          { concurrency: 64 }
        )
        assert.deepStrictEqual([...new Set(statuses)], [401])
        assert.isAtMost(clerk.asked.jwks - before, 1)
      }),
    120_000
  )

  it.effect("a hundred first requests at once ask Clerk once, and make one row of what it says", () =>
    Effect.gen(function* () {
      const clerk = yield* PlayedClerk
      clerk.users.set("user_crowd", clerkUser("user_crowd", { phone: "+213 666 00 01 11" }))
      const before = clerk.asked.users
      const token = tokenOf("user_crowd", claimed)
      const answers = yield* Effect.forEach(Array.from({ length: 100 }), () => meOf(token), { concurrency: 100 })
      assert.deepStrictEqual([...new Set(answers.map(({ status }) => status))], [200])
      assert.strictEqual(new Set(answers.map(({ json }) => json.data.id)).size, 1)
      const [first] = answers
      assert.deepInclude(first?.json.data, {
        full_name: "Amina Benali",
        email: "amina@example.dz",
        phone: "+213666000111",
        role: "customer",
        seller_category: null
      })
      yield* meOf(token)
      assert.strictEqual(clerk.asked.users - before, 1)
    }).pipe(insisting)
  )

  it.effect("the webhook of the same user's creation changes nothing more", () =>
    Effect.gen(function* () {
      const clerk = yield* PlayedClerk
      const { send, patch } = yield* TestServer
      const user = clerkUser("user_both")
      clerk.users.set("user_both", user)
      const token = tokenOf("user_both")
      yield* meOf(token)
      const { json } = yield* patch(path, { full_name: "Mina" }, { token })
      const webhook = yield* send("POST", "/api/v1/webhooks/clerk", seal({ type: "user.created", data: user }))
      assert.strictEqual(webhook.status, 200)
      assert.deepStrictEqual((yield* meOf(token)).json, json)
    })
  )

  it.effect("of one who arrives before any webhook, what Clerk has verified is theirs; a token confirms nothing", () =>
    Effect.gen(function* () {
      const clerk = yield* PlayedClerk
      const sql = yield* SqlClient.SqlClient
      const user = clerkUser("user_verified", { phone: "+213666000222", phone_status: "unverified" })
      clerk.users.set("user_verified", user)
      const confirmed = Effect.fnUntraced(function* (id: string) {
        yield* meOf(tokenOf(id, claimed))
        return yield* sql`SELECT confirmed_email, confirmed_phone FROM users WHERE clerk_id = ${id}`
      })
      assert.deepStrictEqual(yield* confirmed("user_verified"), [
        { confirmed_email: "amina@example.dz", confirmed_phone: null }
      ])
      assert.deepStrictEqual(yield* confirmed("user_claiming"), [{ confirmed_email: null, confirmed_phone: null }])
    })
  )

  it.effect("one whom Clerk's API does not know is made from the token", () =>
    Effect.gen(function* () {
      const { json } = yield* meOf(tokenOf("user_unknown", claimed))
      assert.deepInclude(json.data, { full_name: claimed.name, email: claimed.email, phone: "+213555123456" })
    })
  )

  for (const mode of ["error", "nonsense", "html", "unreachable"] as const) {
    it.effect(
      `a valid token passes when Clerk's answer is ${mode}, and after three such it is left alone for 30 s`,
      () =>
        Effect.gen(function* () {
          const clerk = yield* PlayedClerk
          clerk.mode = mode
          const before = clerk.asked.users
          for (let n = 0; n < 6; n++) {
            const { status, json } = yield* meOf(tokenOf(`user_${mode}_${n}`, claimed))
            assert.strictEqual(status, 200)
            assert.deepInclude(json.data, { full_name: claimed.name, email: claimed.email })
          }
          assert.strictEqual(clerk.asked.users - before, 3)
          yield* recovered
          assert.strictEqual(clerk.asked.users - before, 4)
        })
    )
  }

  it.effect("a valid token passes after 1.5 s when Clerk does not answer, and Clerk's word counts when it comes", () =>
    Effect.gen(function* () {
      const clerk = yield* PlayedClerk
      const { send } = yield* TestServer
      clerk.mode = "silent"
      const before = clerk.asked.users
      const token = tokenOf("user_slow", claimed)
      const asking = yield* Effect.forkChild(Effect.all([meOf(token), meOf(token)], { concurrency: 2 }))
      yield* clerk.untilAsked("users", before + 1)
      yield* TestClock.adjust("1500 millis")
      for (const { status, json } of yield* Fiber.join(asking)) {
        assert.strictEqual(status, 200)
        assert.deepInclude(json.data, { full_name: claimed.name })
      }
      const user = clerkUser("user_slow")
      yield* send("POST", "/api/v1/webhooks/clerk", seal({ type: "user.created", data: user }))
      assert.strictEqual((yield* meOf(token)).json.data.full_name, "Amina Benali")
      yield* recovered
    })
  )

  it.effect("of many new people at once, Clerk is asked about twenty, and all are let in", () =>
    Effect.gen(function* () {
      const clerk = yield* PlayedClerk
      clerk.mode = "silent"
      const before = clerk.asked.users
      let answered = 0
      const people = Array.from({ length: 60 }, (_, n) =>
        Effect.tap(meOf(tokenOf(`user_rush_${n}`, claimed)), () => Effect.sync(() => answered++))
      )
      const asking = yield* Effect.forkChild(Effect.all(people, { concurrency: 60 }))
      yield* clerk.untilAsked("users", before + 20)
      yield* eventually(
        Effect.sync(() => answered),
        (count) => count === 40
      )
      yield* TestClock.adjust("1500 millis")
      for (const { status } of yield* Fiber.join(asking)) assert.strictEqual(status, 200)
      assert.strictEqual(clerk.asked.users, before + 20)
      yield* recovered
    })
  )

  it.effect("one who is deleted while Clerk is asked about them stays deleted", () =>
    Effect.gen(function* () {
      const clerk = yield* PlayedClerk
      const { send } = yield* TestServer
      clerk.mode = "silent"
      const token = tokenOf("user_leaving", claimed)
      const asked = clerk.asked.users
      const asking = yield* Effect.forkChild(meOf(token))
      yield* clerk.untilAsked("users", asked + 1)
      yield* send("POST", "/api/v1/webhooks/clerk", seal({ type: "user.deleted", data: { id: "user_leaving" } }))
      yield* TestClock.adjust("1500 millis")
      assert.strictEqual((yield* Fiber.join(asking)).json.error.code, "ACCOUNT_CLOSED")
      const sql = yield* SqlClient.SqlClient
      const rows = yield* sql`SELECT full_name, status FROM users WHERE clerk_id = 'user_leaving'`
      assert.deepStrictEqual(rows, [{ full_name: null, status: "deleted" }])
      yield* recovered
    })
  )

  it.effect("whoever is known is let in while Clerk is down, and costs it nothing", () =>
    Effect.gen(function* () {
      const clerk = yield* PlayedClerk
      yield* meOf(tokenOf("user_known"))
      const before = { ...clerk.asked }
      clerk.mode = "unreachable"
      assert.strictEqual((yield* meOf(tokenOf("user_known", { sid: "sess_another" }))).status, 200)
      assert.deepStrictEqual(clerk.asked, before)
      yield* recovered
    })
  )
})

layer(served("unreachable"))("with Clerk out of reach since the start", (it) => {
  it.effect("a token is neither good nor bad: 503 with Retry-After, until Clerk answers", () =>
    Effect.gen(function* () {
      const clerk = yield* PlayedClerk
      const { get } = yield* TestServer
      const token = tokenOf("user_cold", claimed)
      for (const at of [path, "/api/v1/products/x"]) {
        const { status, headers, json } = yield* get(at, { token })
        assert.deepStrictEqual([status, json.error.code, headers.get("retry-after")], [503, "UNAVAILABLE", "5"])
      }
      assert.strictEqual((yield* get("/api/v1/products")).status, 200)
      assert.isAtMost(clerk.asked.jwks, 1)
      clerk.mode = "ok"
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual((yield* meOf(token)).status, 200)
    })
  )
})
