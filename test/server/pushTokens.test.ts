import { randomUUID } from "node:crypto"
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { People } from "../../src/services/auth/People.ts"
import { locks } from "../../src/services/locks.ts"
import { PushToken } from "../../src/services/notifications/model.ts"
import { waiting, whileHeld } from "../support/locks.ts"
import { type Person, TestServer } from "../support/server.ts"
import { absent, buyer } from "../support/shop.ts"

const base = "/api/v1/users/me/push-tokens"
const decode = Schema.decodeUnknownEffect(PushToken, { onExcessProperty: "error" })

const newToken = () => `ExponentPushToken[${randomUUID()}]`

const register = Effect.fnUntraced(function* (who: Person, body: object = {}) {
  const { post } = yield* TestServer
  return yield* post(base, { push_token: newToken(), platform: "android", ...body }, who)
})

const list = Effect.fnUntraced(function* (who: Person) {
  const { get } = yield* TestServer
  const { json } = yield* get(base, who)
  const devices: ReadonlyArray<PushToken> = json.data
  return devices
})
const tokens = (who: Person) => Effect.map(list(who), (devices) => devices.map(({ push_token }) => push_token))

layer(TestServer.layer)("a push token", (it) => {
  it.effect("is registered once, renewed by the same call, and listed with the latest first", () =>
    Effect.gen(function* () {
      const who = yield* buyer
      assert.isEmpty(yield* list(who))
      const first = { push_token: newToken(), platform: "ios", device_id: "d1", name: "iPhone d'Amina" }
      const created = yield* register(who, first)
      assert.strictEqual(created.status, 201, created.text)
      yield* decode(created.json.data)
      assert.deepInclude(created.json.data, first)
      const second = newToken().replace("Exponent", "Expo")
      assert.strictEqual((yield* register(who, { push_token: second })).status, 201)

      const again = yield* register(who, { push_token: first.push_token, platform: "ios" })
      assert.strictEqual(again.status, 200)
      const { registered_at: _, ...same } = created.json.data
      assert.deepInclude(again.json.data, same)
      assert.deepStrictEqual(yield* tokens(who), [first.push_token, second])
    })
  )

  it.effect("is all that the app has to send, at an address of its own", () =>
    Effect.gen(function* () {
      const { post } = yield* TestServer
      const who = yield* buyer
      const push_token = newToken()
      const first = yield* post("/api/v1/users/me/push-token", { push_token }, who)
      assert.strictEqual(first.status, 201, first.text)
      assert.deepInclude(yield* decode(first.json.data), { push_token, platform: null })
      assert.deepStrictEqual(yield* tokens(who), [push_token])
      assert.deepInclude((yield* register(who, { push_token, platform: "ios" })).json.data, { platform: "ios" })
      const again = yield* post("/api/v1/users/me/push-token", { push_token }, who)
      assert.deepStrictEqual([again.status, again.json.data.platform], [200, "ios"])
    })
  )

  it.effect("of a device takes the place of the device's former one", () =>
    Effect.gen(function* () {
      const who = yield* buyer
      const before = yield* register(who, { device_id: "d1", name: "Old" })
      const token = newToken()
      const after = yield* register(who, { device_id: "d1", push_token: token, name: null })
      assert.strictEqual(after.status, 200)
      assert.deepInclude(after.json.data, { id: before.json.data.id, push_token: token, name: null, device_id: "d1" })
      assert.deepStrictEqual(yield* tokens(who), [token])

      const other = newToken()
      yield* register(who, { push_token: other, device_id: "d2" })
      assert.strictEqual((yield* register(who, { push_token: other, device_id: "d1" })).status, 200)
      assert.deepStrictEqual(yield* tokens(who), [other])
    })
  )

  it.effect("moves to the account that registers it, which learns nothing of the former", () =>
    Effect.gen(function* () {
      const { send } = yield* TestServer
      const [former, next] = [yield* buyer, yield* buyer]
      const token = newToken()
      const before = (yield* register(former, { push_token: token, device_id: "d1", name: "Téléphone d'Ahmed" })).json
        .data
      const kept = (yield* register(former, { device_id: "d2" })).json.data
      const moved = yield* register(next, { push_token: token })
      assert.strictEqual(moved.status, 201, moved.text)
      assert.notStrictEqual(moved.json.data.id, before.id)
      assert.deepInclude(moved.json.data, { push_token: token, device_id: null, name: null })
      assert.deepStrictEqual(yield* tokens(former), [kept.push_token])
      assert.deepStrictEqual(yield* tokens(next), [token])
      assert.strictEqual((yield* send("DELETE", `${base}/${before.id}`, former)).status, 404)
      assert.deepStrictEqual(yield* tokens(next), [token])
    })
  )

  it.effect(
    "has a lock that no text can make another's: whoever registers it holds no lock of a single key but their own",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const people = yield* People
        const who = yield* buyer
        const asked = yield* whileHeld(
          people.hold(who.id, "decide"),
          Effect.gen(function* () {
            const asked = yield* Effect.forkChild(register(who))
            yield* waiting(1)
            const held = yield* sql`
            SELECT classid::bigint AS purpose, objsubid::int AS keys, granted FROM pg_locks
            WHERE locktype = 'advisory' AND pid IN (
              SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')
            ORDER BY keys`
            assert.lengthOf(held, 2)
            assert.deepInclude(held[0], { keys: 1, granted: false })
            assert.deepStrictEqual(held[1], { purpose: locks.pushTokens, keys: 2, granted: true })
            return asked
          })
        )
        assert.strictEqual((yield* Fiber.join(asked)).status, 201)
      })
  )

  it.effect("leaves alone a device of somebody else with the same name", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* buyer, yield* buyer]
      yield* register(one, { device_id: "shared" })
      assert.strictEqual((yield* register(other, { device_id: "shared" })).status, 201)
      assert.lengthOf(yield* list(one), 1)
    })
  )

  it.effect("is deleted by its user alone, once", () =>
    Effect.gen(function* () {
      const { send } = yield* TestServer
      const [who, stranger] = [yield* buyer, yield* buyer]
      const { id } = (yield* register(who)).json.data
      for (const wrong of [id, absent, "x", "%00"]) {
        const answer = yield* send("DELETE", `${base}/${wrong}`, stranger)
        assert.strictEqual(answer.status, 404)
        assert.strictEqual(answer.json.error.code, "PUSH_TOKEN_NOT_FOUND")
      }
      const deleted = yield* send("DELETE", `${base}/${id}`, who)
      assert.deepStrictEqual(deleted.json, { data: { id, outcome: "deleted" } })
      assert.strictEqual((yield* send("DELETE", `${base}/${id}`, who)).status, 404)
      assert.isEmpty(yield* list(who))
    })
  )

  it.effect("of a 21st device drops the one that registered longest ago", () =>
    Effect.gen(function* () {
      const who = yield* buyer
      const all: Array<string> = []
      for (let i = 0; i < 20; i++) all.push((yield* register(who)).json.data.push_token)
      yield* register(who, { push_token: all[0] })
      const last = newToken()
      assert.strictEqual((yield* register(who, { push_token: last })).status, 201)
      const left = yield* tokens(who)
      assert.lengthOf(left, 20)
      assert.deepStrictEqual([left[0], left[1]], [last, all[0]])
      assert.notInclude(left, all[1])
    })
  )

  it.effect("takes nothing from a body but its own fields", () =>
    Effect.gen(function* () {
      const [who, other] = [yield* buyer, yield* buyer]
      const injected = {
        id: randomUUID(),
        user_id: other.id,
        created_at: "2001-01-01T00:00:00.000Z",
        registered_at: "2001-01-01T00:00:00.000Z",
        role: "admin"
      }
      const token = newToken()
      for (const status of [201, 200]) {
        const answer = yield* register(who, { push_token: token, ...injected })
        assert.strictEqual(answer.status, status)
        const device = yield* decode(answer.json.data)
        assert.notStrictEqual<string>(device.id, injected.id)
        assert.isAbove(Date.parse(device.created_at), Date.parse("2020-01-01"))
        assert.isAbove(Date.parse(device.registered_at), Date.parse("2020-01-01"))
      }
      assert.isEmpty(yield* list(other))
    })
  )

  it.effect("that makes no sense names the field", () =>
    Effect.gen(function* () {
      const who = yield* buyer
      const cases: ReadonlyArray<readonly [string, object]> = [
        ["push_token", { push_token: undefined }],
        ["push_token", { push_token: "" }],
        ["push_token", { push_token: 5 }],
        ["push_token", { push_token: "fcm-token-of-a-native-app" }],
        ["push_token", { push_token: "ExponentPushToken[]" }],
        ["push_token", { push_token: "ExponentPushToken[a b]" }],
        ["push_token", { push_token: "ExponentPushToken[a\0]" }],
        ["push_token", { push_token: `ExponentPushToken[${"x".repeat(201)}]` }],
        ["push_token", { push_token: "x".repeat(1025), platform: "web" }],
        ["push_token", { push_token: "with space", platform: "web" }],
        ["platform", { platform: "windows" }],
        ["device_id", { device_id: "" }],
        ["device_id", { device_id: "x".repeat(129) }],
        ["name", { name: "x".repeat(121) }]
      ]
      for (const [field, body] of cases) {
        const { status, json, text } = yield* register(who, body)
        assert.strictEqual(status, 422, text)
        assert.strictEqual(json.error.details[0].field, field, text)
      }
      assert.isEmpty(yield* list(who))
      const web = yield* register(who, { push_token: "https://push.example/v1/abc", platform: "web" })
      assert.strictEqual(web.status, 201, web.text)
    })
  )
})
