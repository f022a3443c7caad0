import { randomUUID } from "node:crypto"
import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Addresses } from "../../src/services/addresses/Addresses.ts"
import { Address, AddressId } from "../../src/services/addresses/model.ts"
import { type Person, TestServer } from "../support/server.ts"
import { absent, buyer } from "../support/shop.ts"

const base = "/api/v1/users/me/addresses"
const decode = Schema.decodeUnknownEffect(Address, { onExcessProperty: "error" })

const home = {
  recipient_name: "Amina Benali",
  phone: "0555 12 34 56",
  wilaya_code: 16,
  commune: "Bab El Oued",
  address: "12, rue Colonel Lotfi"
}

const put = Effect.fnUntraced(function* (who: Person, id: string, body: object = {}) {
  const { send } = yield* TestServer
  return yield* send("PUT", `${base}/${id}`, { ...who, body: { ...home, ...body } })
})

const add = Effect.fnUntraced(function* (who: Person, body: object = {}) {
  const id = randomUUID()
  const answer = yield* put(who, id, body)
  assert.strictEqual(answer.status, 201, answer.text)
  return id
})

const list = Effect.fnUntraced(function* (who: Person) {
  const { get } = yield* TestServer
  const { json } = yield* get(base, who)
  const addresses: ReadonlyArray<Address> = json.data
  return addresses
})
/** Ids in the order of the list, the default starred. */
const shown = (addresses: ReadonlyArray<Address>) =>
  addresses.map(({ id, is_default }) => `${id}${is_default ? "*" : ""}`)

layer(TestServer.layer)("an address", (it) => {
  it.effect("is created under the id that the client made, replaced by the same call, read and deleted", () =>
    Effect.gen(function* () {
      const { get, send } = yield* TestServer
      const who = yield* buyer
      assert.isEmpty(yield* list(who))
      const id = randomUUID()
      const created = yield* put(who, id, { label: " Maison ", notes: "2e étage" })
      assert.strictEqual(created.status, 201, created.text)
      yield* decode(created.json.data)
      const expected = { ...home, id, label: "Maison", notes: "2e étage", phone: "+213555123456", is_default: true }
      assert.deepInclude(created.json.data, expected)
      assert.deepStrictEqual((yield* get(`${base}/${id}`, who)).json, created.json)

      const replaced = yield* put(who, id.toUpperCase(), { commune: "Hydra" })
      assert.strictEqual(replaced.status, 200, replaced.text)
      const { created_at } = created.json.data
      assert.deepInclude(replaced.json.data, { id, commune: "Hydra", label: null, notes: null, created_at })
      assert.lengthOf(yield* list(who), 1)

      const deleted = yield* send("DELETE", `${base}/${id.toUpperCase()}`, who)
      assert.deepStrictEqual(deleted.json, { data: { id, outcome: "deleted" } })
      assert.strictEqual((yield* send("DELETE", `${base}/${id}`, who)).status, 404)
      assert.strictEqual((yield* get(`${base}/${id}`, who)).json.error.code, "ADDRESS_NOT_FOUND")
    })
  )

  it.effect("is listed with the default first, then the newest", () =>
    Effect.gen(function* () {
      const who = yield* buyer
      const [a, b, c] = [yield* add(who), yield* add(who), yield* add(who)]
      assert.deepStrictEqual(shown(yield* list(who)), [`${a}*`, c, b])
    })
  )

  it.effect("becomes the default in the place of the former, and stays it until another does", () =>
    Effect.gen(function* () {
      const who = yield* buyer
      const [a, b, c] = [yield* add(who), yield* add(who, { is_default: true }), yield* add(who)]
      assert.deepStrictEqual(shown(yield* list(who)), [`${b}*`, c, a])
      assert.isTrue((yield* put(who, b)).json.data.is_default)
      yield* put(who, a, { is_default: true })
      assert.deepStrictEqual(shown(yield* list(who)), [`${a}*`, c, b])
      assert.isFalse((yield* put(who, a, { is_default: false })).json.data.is_default)
      assert.deepStrictEqual(shown(yield* list(who)), [`${c}*`, b, a])
    })
  )

  it.effect("that was the default leaves it to the newest that is left", () =>
    Effect.gen(function* () {
      const { send } = yield* TestServer
      const who = yield* buyer
      const [a, b, c] = [yield* add(who), yield* add(who), yield* add(who)]
      yield* send("DELETE", `${base}/${a}`, who)
      assert.deepStrictEqual(shown(yield* list(who)), [`${c}*`, b])
      yield* send("DELETE", `${base}/${b}`, who)
      yield* send("DELETE", `${base}/${c}`, who)
      assert.isEmpty(yield* list(who))
      assert.isTrue((yield* put(who, a)).json.data.is_default)
    })
  )

  it.effect("is the 21st for nobody; one of the twenty can still be replaced", () =>
    Effect.gen(function* () {
      const who = yield* buyer
      const first = yield* add(who)
      for (let i = 1; i < 20; i++) yield* add(who)
      const refused = yield* put(who, randomUUID(), { is_default: true })
      assert.strictEqual(refused.status, 409)
      assert.strictEqual(refused.json.error.code, "TOO_MANY_ADDRESSES")
      assert.strictEqual((yield* put(who, first, { commune: "Hydra" })).status, 200)
      const kept = yield* list(who)
      assert.lengthOf(kept, 20)
      assert.deepInclude(kept[0], { id: AddressId.make(first), is_default: true })
    })
  )

  it.effect("of somebody else is absent, whatever is done to it, and stays as it was", () =>
    Effect.gen(function* () {
      const { get, send } = yield* TestServer
      const [owner, stranger] = [yield* buyer, yield* buyer]
      const id = yield* add(owner)
      const before = yield* list(owner)
      for (const answer of [
        yield* get(`${base}/${id}`, stranger),
        yield* put(stranger, id, { commune: "Hydra", is_default: true }),
        yield* send("DELETE", `${base}/${id}`, stranger)
      ]) {
        assert.strictEqual(answer.status, 404)
        const unknown = yield* get(`${base}/${absent}`, stranger)
        assert.deepStrictEqual({ ...answer.json.error, request_id: "" }, { ...unknown.json.error, request_id: "" })
      }
      assert.deepStrictEqual(yield* list(owner), before)
      assert.isEmpty(yield* list(stranger))
    })
  )

  it.effect("takes nothing from a body but its own fields", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const [who, other] = [yield* buyer, yield* buyer]
      const id = yield* add(who)
      const injected = {
        id: randomUUID(),
        user_id: other.id,
        created_at: "2001-01-01T00:00:00.000Z",
        updated_at: "2001-01-01T00:00:00.000Z",
        status: "admin",
        __proto__: { user_id: other.id },
        constructor: { user_id: other.id }
      }
      for (const target of [id, randomUUID()]) {
        const { json } = yield* put(who, target, injected)
        yield* decode(json.data)
        assert.strictEqual(json.data.id, target)
        assert.isAbove(Date.parse(json.data.created_at), Date.parse("2020-01-01"))
        assert.isAbove(Date.parse(json.data.updated_at), Date.parse("2020-01-01"))
      }
      const rows = yield* sql`SELECT FROM addresses WHERE user_id = ${who.id}`
      assert.lengthOf(rows, 2)
      assert.isEmpty(yield* list(other))
    })
  )

  it.effect("that makes no sense names the field", () =>
    Effect.gen(function* () {
      const who = yield* buyer
      const cases: ReadonlyArray<readonly [string, object]> = [
        ["recipient_name", { recipient_name: undefined }],
        ["recipient_name", { recipient_name: " " }],
        ["recipient_name", { recipient_name: "x".repeat(121) }],
        ["phone", { phone: "021123456" }],
        ["phone", { phone: null }],
        ["wilaya_code", { wilaya_code: 0 }],
        ["wilaya_code", { wilaya_code: 99 }],
        ["wilaya_code", { wilaya_code: 16.5 }],
        ["wilaya_code", { wilaya_code: "16" }],
        ["commune", { commune: "a\0b" }],
        ["address", { address: "" }],
        ["address", { address: "x".repeat(501) }],
        ["label", { label: "x".repeat(61) }],
        ["notes", { notes: 5 }],
        ["is_default", { is_default: "yes" }],
        ["is_default", { is_default: null }]
      ]
      for (const [field, body] of cases) {
        const { status, json, text } = yield* put(who, randomUUID(), body)
        assert.strictEqual(status, 422, text)
        assert.strictEqual(json.error.details[0].field, field, text)
      }
      const badId = yield* put(who, "home")
      assert.strictEqual(badId.status, 422)
      assert.strictEqual(badId.json.error.details[0].field, "id")
      assert.isEmpty(yield* list(who))
    })
  )

  it.effect("none comes once its account is closed", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const addresses = yield* Addresses
      const who = yield* buyer
      yield* sql`UPDATE users SET status = 'deleted' WHERE id = ${who.id}`
      const late = yield* Effect.flip(addresses.put(who.id, randomUUID(), { ...home, phone: "+213555123456" }))
      assert.strictEqual(late._tag, "AccountClosed")
    })
  )
})
