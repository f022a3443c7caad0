import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { Me } from "../../src/services/auth/model.ts"
import { insisting, TestServer } from "../support/server.ts"
import { seller } from "../support/shop.ts"
import { makeKey, sessionClaims, signToken } from "../support/tokens.ts"

const path = "/api/v1/users/me"
const decodeMe = Schema.decodeUnknownEffect(Me, { onExcessProperty: "error" })

layer(TestServer.layer)("the caller", (it) => {
  it.effect("is known though everything else that is read takes long", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const person = yield* seller
      yield* Effect.gen(function* () {
        const reads = Effect.ignore(sql`SELECT pg_sleep(1)`)
        const reading = yield* Effect.forkScoped(
          Effect.all(
            Array.from({ length: 40 }, () => reads),
            { concurrency: "unbounded" }
          )
        )
        yield* TestClock.withLive(Effect.sleep("200 millis"))
        // A list, which shares nothing with those.
        const { status, text } = yield* server.get("/api/v1/seller/orders", person)
        assert.strictEqual(status, 200, text)
        assert.isUndefined(reading.pollUnsafe())
      }).pipe(Effect.scoped)
    })
  )

  it.effect("has a profile from the first valid token on, and one only", () =>
    Effect.gen(function* () {
      const { get, person } = yield* TestServer
      const { token, id } = yield* person("customer")
      const first = yield* get(path, { token })
      assert.strictEqual(first.status, 200)
      assert.deepInclude(first.json.data, { id, full_name: "Test customer", role: "customer", seller_category: null })
      yield* decodeMe(first.json.data)
      assert.deepStrictEqual((yield* get(path, { token })).json, first.json)
    })
  )

  it.effect("that appears in a hundred requests at once becomes one row", () =>
    Effect.gen(function* () {
      const { get, newToken } = yield* TestServer
      const token = yield* newToken("user_crowd")
      const answers = yield* Effect.forEach(Array.from({ length: 100 }), () => get(path, { token }), {
        concurrency: 100
      })
      assert.deepStrictEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
      assert.strictEqual(new Set(answers.map(({ json }) => json.data.id)).size, 1)
    }).pipe(insisting)
  )

  it.effect("changes the own profile, and nothing that others decide", () =>
    Effect.gen(function* () {
      const { patch, person, get } = yield* TestServer
      const { token } = yield* person("customer")
      const changes = {
        full_name: "  Amina Benali ",
        phone: "0555 12 34 56",
        email: "amina@example.dz",
        role: "admin",
        seller_category: "importateur",
        status: "banned",
        id: "00000000-0000-0000-0000-000000000000",
        clerk_id: "user_other"
      }
      const changed = yield* patch(path, changes, { token })
      assert.strictEqual(changed.status, 200)
      const expected = {
        full_name: "Amina Benali",
        phone: "+213555123456",
        email: "amina@example.dz",
        role: "customer"
      }
      assert.deepInclude(changed.json.data, { ...expected, seller_category: null })
      const cleared = yield* patch(path, { email: null }, { token })
      assert.isNull(cleared.json.data.email)
      assert.strictEqual((yield* get(path, { token })).json.data.full_name, "Amina Benali")
    })
  )

  it.effect("says where they live by the wilaya's name or code, and who they are", () =>
    Effect.gen(function* () {
      const { patch, person } = yield* TestServer
      const { token } = yield* person("customer")
      for (const wilaya of ["setif", "سطيف", "19", 19]) {
        const { status, json, text } = yield* patch(path, { wilaya, bio: " Épicière à Sétif " }, { token })
        assert.strictEqual(status, 200, text)
        assert.deepInclude(json.data, { wilaya: "Sétif", wilaya_code: 19, bio: "Épicière à Sétif" })
        const cleared = yield* patch(path, { wilaya: null, bio: null }, { token })
        assert.deepInclude(cleared.json.data, { wilaya: null, wilaya_code: null, bio: null })
      }
    })
  )

  it.effect("is active until they ask to go", () =>
    Effect.gen(function* () {
      const { get, person, send } = yield* TestServer
      const { token } = yield* person("seller")
      assert.deepInclude((yield* get(path, { token })).json.data, { is_active: true, is_verified: true })
      assert.isFalse((yield* send("DELETE", path, { token })).json.data.is_active)
      assert.isTrue((yield* send("POST", `${path}/restore`, { token })).json.data.is_active)
    })
  )

  it.effect("is told which field is wrong", () =>
    Effect.gen(function* () {
      const { patch, person } = yield* TestServer
      const { token } = yield* person("customer")
      const cases = [
        ["full_name", { full_name: "" }],
        ["full_name", { full_name: "a\0" }],
        ["phone", { phone: "123" }],
        ["phone", { phone: "0455123456" }],
        ["email", { email: "nobody" }],
        ["wilaya", { wilaya: "Paris" }],
        ["wilaya", { wilaya: 77 }],
        ["wilaya", { wilaya: ["Alger"] }],
        ["bio", { bio: "x".repeat(501) }]
      ] as const
      for (const [field, body] of cases) {
        const answer = yield* patch(path, body, { token })
        assert.strictEqual(answer.status, 422)
        assert.strictEqual(answer.json.error.details[0].field, field)
      }
    })
  )

  it.effect("without a token, or with one that is not ours, is nobody", () =>
    Effect.gen(function* () {
      const { get, send } = yield* TestServer
      const forged = signToken(makeKey(), sessionClaims(Date.now()))
      const headers: ReadonlyArray<Record<string, string>> = [
        {},
        { authorization: "" },
        { authorization: "Bearer" },
        { authorization: "Bearer " },
        { authorization: "Basic dXNlcjpwYXNz" },
        { authorization: "Bearer nonsense" },
        { authorization: `Bearer ${forged}` }
      ]
      for (const header of headers) {
        const answer = yield* get(path, { headers: header })
        assert.strictEqual(answer.status, 401, header.authorization ?? "none")
        assert.include(["UNAUTHENTICATED", "INVALID_TOKEN"], answer.json.error.code)
      }
      // A public read refuses a bad token as well: it is a mistake of the client, better told than passed over.
      const read = yield* send("GET", "/api/v1/products/x", { token: forged })
      assert.strictEqual(read.status, 401)
    })
  )

  it.effect("that is banned or deleted loses access at once", () =>
    Effect.gen(function* () {
      const { get, person } = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      for (const status of ["banned", "deleted"]) {
        const { token, id } = yield* person("customer")
        assert.strictEqual((yield* get(path, { token })).status, 200)
        yield* sql`UPDATE users SET status = ${status} WHERE id = ${id}`
        const answer = yield* get(path, { token })
        assert.strictEqual(answer.status, 403)
        assert.strictEqual(answer.json.error.code, "ACCOUNT_CLOSED")
      }
    })
  )
})
