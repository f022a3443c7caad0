/** RELIABILITY T8: Clerk's webhooks, over HTTP, really signed. */
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { Accounts, type Meant } from "../../src/services/accounts/Accounts.ts"
import { ClerkEvents } from "../../src/services/accounts/ClerkEvents.ts"
import type { UserId } from "../../src/services/auth/model.ts"
import { freshDatabase } from "../support/database.ts"
import { jpeg } from "../support/pictures.ts"
import { insisting, TestServer } from "../support/server.ts"
import { upload } from "../support/upload.ts"
import { type ClerkUserParts, clerkUser, newMessageId, type Sealed, seal, signatureOf } from "../support/webhooks.ts"

const path = "/api/v1/webhooks/clerk"
const me = "/api/v1/users/me"
const t0 = 1_769_853_600_000

const created = (id: string, user: ClerkUserParts = {}) => ({
  type: "user.created",
  object: "event",
  data: clerkUser(id, { updated_at: t0, ...user })
})
const updated = (id: string, user: ClerkUserParts = {}) => ({
  type: "user.updated",
  object: "event",
  data: clerkUser(id, { first_name: "Lina", email: "lina@example.dz", updated_at: t0 + 1000, ...user })
})
const deleted = (id: string) => ({ type: "user.deleted", object: "event", data: { id, object: "user", deleted: true } })

const deliver = Effect.fnUntraced(function* ({ headers, raw }: Sealed) {
  const server = yield* TestServer
  return yield* server.send("POST", path, { headers, raw })
})

/** Delivers it; asserts that it was acknowledged. */
const acknowledged = Effect.fnUntraced(function* (sealed: Sealed) {
  const { status, json, text } = yield* deliver(sealed)
  assert.strictEqual(status, 200, text)
  return json.data.outcome
})

/** The whole row but its ids and times; of when it is to be erased, whether. */
const rowOf = Effect.fnUntraced(function* (clerkId: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ row: Record<string, unknown> }>`
    SELECT to_jsonb(users) - '{id,clerk_id,created_at,updated_at,delete_after,avatar_url,avatar_media_id,search}'::text[]
      || jsonb_build_object('leaves', delete_after IS NOT NULL) AS row
    FROM users WHERE clerk_id = ${clerkId}`
  assert.isAtMost(rows.length, 1)
  return rows[0]?.row
})

/** How many rows there are that a webhook may write. */
const written = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [count] = yield* sql`
    SELECT (SELECT count(*)::int FROM users) AS users, (SELECT count(*)::int FROM webhook_messages) AS messages,
      (SELECT max(updated_at) FROM users) AS changed`
  return count
})

/** Every order of the items of which some are equal. */
const ordersOf = (items: ReadonlyArray<number>): ReadonlyArray<ReadonlyArray<number>> =>
  items.length === 0
    ? [[]]
    : [...new Set(items)].flatMap((item) => {
        const rest = items.toSpliced(items.indexOf(item), 1)
        return ordersOf(rest).map((order) => [item, ...order])
      })

const tombstone = {
  full_name: null,
  email: null,
  phone: null,
  wilaya_code: null,
  bio: null,
  role: "customer",
  seller_category: null,
  is_verified: false,
  status: "deleted",
  confirmed_email: null,
  confirmed_phone: null,
  clerk_profile: {},
  clerk_updated_at: 0,
  leaves: true,
  erased_at: null
}

layer(TestServer.layer)("Clerk's webhooks", (it) => {
  it.effect(
    "created, updated and deleted end in one state in every order, sent again or anew",
    () =>
      Effect.gen(function* () {
        const orders = [
          // Whatever comes between a message and its copy; and three copies of each, in a row and in turn.
          ...ordersOf([0, 0, 1, 1, 2, 2]),
          ...ordersOf([0, 1, 2]).flatMap((order) => [
            order.flatMap((which) => [which, which, which]),
            [...order, ...order, ...order]
          ])
        ]
        assert.strictEqual(orders.length, 90 + 12)
        const endOf = Effect.fnUntraced(function* (order: ReadonlyArray<number>, id: string, sentAgain: boolean) {
          const ids = [newMessageId(), newMessageId(), newMessageId()]
          const events = [created(id), updated(id), deleted(id)]
          for (const which of order) {
            yield* acknowledged(seal(events[which], { id: sentAgain ? (ids[which] ?? "") : newMessageId() }))
          }
          return JSON.stringify(yield* rowOf(id))
        })
        const bothWays = (order: ReadonlyArray<number>, n: number) =>
          Effect.all([endOf(order, `user_order_${n}_a`, true), endOf(order, `user_order_${n}_b`, false)])
        const states = yield* Effect.forEach(orders, bothWays, { concurrency: 8 })
        assert.deepStrictEqual(
          [...new Set(states.flat())].map((state) => JSON.parse(state)),
          [tombstone]
        )
      }),
    60_000
  )

  it.effect("created and updated end in what is newest, whichever comes first and however often", () =>
    Effect.gen(function* () {
      const contact = { email: "lina@example.dz", phone: "+213555123456" }
      const newest = {
        ...tombstone,
        leaves: false,
        full_name: "Lina Benali",
        ...contact,
        status: "active",
        confirmed_email: contact.email,
        confirmed_phone: contact.phone,
        clerk_profile: { full_name: "Lina Benali", ...contact, confirmed: contact },
        clerk_updated_at: t0 + 1000
      }
      for (const [n, order] of ordersOf([0, 0, 0, 1, 1, 1]).entries()) {
        const id = `user_pair_${n}`
        // Each delivery is a message of its own here, so that order alone decides.
        for (const which of order) yield* acknowledged(seal(which === 0 ? created(id) : updated(id)))
        assert.deepStrictEqual(yield* rowOf(id), newest)
      }
    })
  )

  it.effect("what Clerk has verified is confirmed, in a person's profile or not, and what it has not is claimed", () =>
    Effect.gen(function* () {
      const { newToken, patch } = yield* TestServer
      const accounts = yield* Accounts
      const [address, number] = ["Confirmed@example.dz", "+213661000001"]
      const meant = Effect.fnUntraced(function* (id: string) {
        const sql = yield* SqlClient.SqlClient
        const rows = yield* sql<{ id: UserId }>`SELECT id FROM users WHERE clerk_id = ${id}`
        const tell = ({ ids, claimants }: Meant) =>
          [ids, claimants].map((some) => rows.some((row) => some.includes(row.id)))
        return [tell(yield* accounts.resolve(address.toUpperCase())), tell(yield* accounts.resolve("0661 00 00 01"))]
      }, Effect.orDie)
      const [yes, claimed, no] = [
        [true, false],
        [false, true],
        [false, false]
      ]
      const cases: ReadonlyArray<readonly [ClerkUserParts, ReadonlyArray<ReadonlyArray<boolean> | undefined>]> = [
        [{}, [yes, yes]],
        [{ email_status: "unverified", phone_status: "failed" }, [claimed, claimed]],
        [{ email_status: "expired" }, [claimed, yes]],
        [{ email_status: null, phone_status: null }, [claimed, claimed]],
        [{ phone_status: "transferable" }, [yes, claimed]],
        [{ email: null, phone: null }, [no, no]]
      ]
      const token = yield* newToken("user_verified")
      for (const [n, [user, expected]] of cases.entries()) {
        const said = { email: address, phone: number, updated_at: t0 + n, ...user }
        yield* acknowledged(seal(updated("user_verified", said)))
        assert.deepStrictEqual([n, yield* meant("user_verified")], [n, expected])
      }
      yield* patch(me, { email: address, phone: number }, { token })
      assert.deepStrictEqual(yield* meant("user_verified"), [claimed, claimed])
      yield* acknowledged(seal(updated("user_verified", { email: address, phone: number, updated_at: t0 + 100 })))
      yield* patch(me, { email: "other@example.dz", phone: "0661000002" }, { token })
      assert.deepStrictEqual(yield* meant("user_verified"), [yes, yes])
      // Late, and over by now.
      yield* acknowledged(seal(updated("user_verified", { email: null, updated_at: t0 + 50 })))
      assert.deepStrictEqual(yield* meant("user_verified"), [yes, yes])
      yield* acknowledged(seal(deleted("user_verified")))
      assert.deepStrictEqual(yield* meant("user_verified"), [no, no])
    })
  )

  it.effect("an address that moves is nobody's alone until Clerk has told of both", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const sql = yield* SqlClient.SqlClient
      const email = "moved@example.dz"
      const found = Effect.gen(function* () {
        const { ids } = yield* accounts.resolve(email)
        const rows = yield* sql<{ clerk_id: string }>`SELECT clerk_id FROM users WHERE id IN ${sql.in(ids)} ORDER BY 1`
        return rows.map(({ clerk_id }) => clerk_id)
      })
      yield* acknowledged(seal(created("user_moved_a", { email })))
      assert.deepStrictEqual(yield* found, ["user_moved_a"])
      yield* acknowledged(seal(created("user_moved_b", { email, updated_at: t0 + 2000 })))
      assert.deepStrictEqual(yield* found, ["user_moved_a", "user_moved_b"])
      yield* acknowledged(seal(updated("user_moved_a", { email: null })))
      assert.deepStrictEqual(yield* found, ["user_moved_b"])
    })
  )

  it.effect("two changes in the same millisecond end the same, whichever comes last", () =>
    Effect.gen(function* () {
      const pairs: ReadonlyArray<readonly [ClerkUserParts, ClerkUserParts]> = [
        [{ first_name: "Yasmine" }, { first_name: "Nour", email: null }],
        [{ email_status: "verified" }, { email_status: "unverified" }]
      ]
      for (const [n, [one, other]] of pairs.entries()) {
        for (const change of [one, other]) yield* acknowledged(seal(updated(`user_tie_${n}_a`, change)))
        for (const change of [other, one]) yield* acknowledged(seal(updated(`user_tie_${n}_b`, change)))
        assert.deepStrictEqual(yield* rowOf(`user_tie_${n}_a`), yield* rowOf(`user_tie_${n}_b`))
      }
    })
  )

  it.effect("one message, delivered fifty times at once, takes effect once", () =>
    Effect.gen(function* () {
      const message = seal(created("user_burst"))
      const outcomes = yield* Effect.forEach(Array.from({ length: 50 }), () => acknowledged(message), {
        concurrency: 50
      })
      assert.deepStrictEqual(outcomes.toSorted(), [...Array(49).fill("repeated"), "taken"])
    }).pipe(insisting)
  )

  it.effect("different messages about one person at once end as if they had come one by one", () =>
    Effect.gen(function* () {
      const id = "user_crossing"
      const messages = Array.from({ length: 60 }, (_, n) =>
        seal(n % 20 === 7 ? deleted(id) : updated(id, { first_name: `N${n}`, updated_at: t0 + n }))
      )
      yield* Effect.forEach(messages, acknowledged, { concurrency: 30 })
      assert.deepStrictEqual(yield* rowOf(id), tombstone)
    }).pipe(insisting)
  )

  it.effect("one that is sent again after 28 hours, with a fresh timestamp and its old id, changes nothing", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { prune } = yield* ClerkEvents
      const id = "user_replayed"
      const message = newMessageId()
      yield* acknowledged(seal(created(id), { id: message }))
      yield* sql`UPDATE webhook_messages SET received_at = received_at - interval '28 hours' WHERE id = ${message}`
      yield* prune
      yield* sql`UPDATE users SET full_name = 'Changed meanwhile', clerk_updated_at = 0 WHERE clerk_id = ${id}`
      const before = yield* rowOf(id)
      assert.strictEqual(yield* acknowledged(seal(created(id), { id: message })), "repeated")
      assert.deepStrictEqual(yield* rowOf(id), before)
    })
  )

  it.effect("ids of messages are forgotten after eight days, and even then an old message changes nothing", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { prune } = yield* ClerkEvents
      const id = "user_pruned"
      const [first, last] = [newMessageId(), newMessageId()]
      yield* acknowledged(seal(created(id), { id: first }))
      yield* acknowledged(seal(deleted(id), { id: last }))
      yield* sql`UPDATE webhook_messages SET received_at = now() - interval '8 days 1 second' WHERE id = ${first}`
      yield* sql`UPDATE webhook_messages SET received_at = now() - interval '7 days 23 hours' WHERE id = ${last}`
      assert.strictEqual(yield* prune, 1)
      assert.strictEqual(yield* acknowledged(seal(created(id), { id: first })), "taken")
      assert.deepStrictEqual(yield* rowOf(id), tombstone)
    })
  )

  it.effect("a forged, altered or stale one is refused, as a rule within 50 ms, and writes nothing", () =>
    Effect.gen(function* () {
      const now = Math.floor(Date.now() / 1000)
      const true_ = seal(created("user_forged"))
      const other = seal(created("user_other"))
      const without = (name: string) => ({
        ...true_,
        headers: Object.fromEntries(Object.entries(true_.headers).filter(([key]) => key !== name))
      })
      const withHeader = (name: string, value: string) => ({ ...true_, headers: { ...true_.headers, [name]: value } })
      const cases: ReadonlyArray<readonly [string, Sealed]> = [
        ["no headers", { ...true_, headers: {} }],
        ["no id", without("svix-id")],
        ["no timestamp", without("svix-timestamp")],
        ["no signature", without("svix-signature")],
        ["another secret", seal(created("user_forged"), { secret: `whsec_${Buffer.alloc(24, 7).toString("base64")}` })],
        ["another's signature", withHeader("svix-signature", other.headers["svix-signature"] ?? "")],
        ["another id", withHeader("svix-id", newMessageId())],
        ["an id of 300 characters", seal(created("user_forged"), { id: "m".repeat(300) })],
        ["a moved timestamp", withHeader("svix-timestamp", String(now - 1))],
        ["another version", withHeader("svix-signature", true_.headers["svix-signature"]?.replace("v1", "v1a") ?? "")],
        ["a signature of nothing", withHeader("svix-signature", "v1,")],
        ["a signature without a version", withHeader("svix-signature", "nonsense")],
        ["an altered body", { ...true_, raw: true_.raw.replace("Amina", "Malik") }],
        ["a body with one space more", { ...true_, raw: `${true_.raw} ` }],
        ["no body", { ...true_, raw: "" }],
        ["5 minutes and 1 second old", seal(created("user_forged"), { at: now - 301 })],
        ["28 hours old", seal(created("user_forged"), { at: now - 28 * 3600 })],
        // The clock may tick between here and there, and brings this one nearer.
        ["5 minutes and 1 second ahead", seal(created("user_forged"), { at: Math.floor(Date.now() / 1000) + 303 })],
        ["a timestamp that is no number", withHeader("svix-timestamp", "yesterday")]
      ]
      yield* acknowledged(seal(deleted("user_warm")))
      const before = yield* written
      for (const [name, sealed] of cases) {
        const { status, json } = yield* deliver(sealed)
        assert.deepStrictEqual([name, status, json.error.code], [name, 401, "INVALID_SIGNATURE"])
      }
      assert.deepStrictEqual(yield* written, before)
    })
  )

  it.effect("one that is 4 minutes and 50 seconds old, or as much ahead, is taken", () =>
    Effect.gen(function* () {
      const now = Math.floor(Date.now() / 1000)
      assert.strictEqual(yield* acknowledged(seal(created("user_late"), { at: now - 290 })), "taken")
      assert.strictEqual(yield* acknowledged(seal(created("user_early"), { at: now + 290 })), "taken")
    })
  )

  it.effect("a second signature, as while the secret is changed, is looked at as well", () =>
    Effect.gen(function* () {
      const { headers, raw } = seal(created("user_two_signatures"))
      const signature = `${signatureOf("x", 1, "x")} ${headers["svix-signature"]}`
      assert.strictEqual(yield* acknowledged({ raw, headers: { ...headers, "svix-signature": signature } }), "taken")
    })
  )

  it.effect("a signed one that makes no sense is 422, names the field, and writes nothing", () =>
    Effect.gen(function* () {
      const user = clerkUser("user_senseless")
      const cases = [
        ["data.id", { type: "user.created", data: { ...user, id: "org_1" } }],
        ["data.id", { type: "user.updated", data: { ...user, id: undefined } }],
        ["data.id", { type: "user.updated", data: { ...user, id: "user_\0" } }],
        ["data.updated_at", { type: "user.updated", data: { ...user, updated_at: "yesterday" } }],
        ["data.updated_at", { type: "user.updated", data: { ...user, updated_at: 1e300 } }],
        ["data.first_name", { type: "user.updated", data: { ...user, first_name: 1 } }],
        ["data.email_addresses", { type: "user.updated", data: { ...user, email_addresses: "none" } }],
        [
          "data.phone_numbers.0.phone_number",
          { type: "user.updated", data: { ...user, phone_numbers: [{ id: "x" }] } }
        ],
        ["data.id", { type: "user.deleted", data: { deleted: true } }],
        ["data", { type: "user.deleted", data: null }],
        ["data", { type: "user.created" }]
      ] as const
      const before = yield* written
      for (const [field, event] of cases) {
        const { status, json } = yield* deliver(seal(event))
        assert.deepStrictEqual([field, status, json.error.details[0]?.field], [field, 422, field])
      }
      assert.deepStrictEqual(yield* written, before)
    })
  )

  it.effect("one about something else is acknowledged and leaves no trace", () =>
    Effect.gen(function* () {
      const before = yield* written
      for (const event of [{ type: "session.created", data: { id: "sess_1" } }, { type: 1 }, {}, [], 7, "{}"]) {
        assert.strictEqual(yield* acknowledged(seal(event)), "ignored")
      }
      assert.deepStrictEqual(yield* written, before)
    })
  )

  it.effect("what Clerk knows is kept in the form in which we keep it, and nothing of it makes anyone more", () =>
    Effect.gen(function* () {
      const cases: ReadonlyArray<readonly [ClerkUserParts, object]> = [
        [{ phone: "0555 12 34 56" }, { phone: "+213555123456" }],
        [{ phone: "+33612345678" }, { phone: null }],
        [
          { email: null, phone: null },
          { email: null, phone: null }
        ],
        [{ email: `${"x".repeat(300)}@example.dz` }, { email: null }],
        [{ email: "a\0@example.dz" }, { email: null }],
        [{ first_name: null, last_name: null }, { full_name: null }],
        [{ first_name: " \u0000A\u0000 ", last_name: "\nB " }, { full_name: "A B" }],
        [{ first_name: "\ud800", last_name: null }, { full_name: null }],
        [{ first_name: "A\u200bmin\ud83da", last_name: "\u202eBen\u00a0Ali" }, { full_name: "Amina Ben Ali" }],
        [{ first_name: "😀".repeat(200), last_name: null }, { full_name: "😀".repeat(120) }],
        [{ first_name: "أمينة", last_name: "بن علي" }, { full_name: "أمينة بن علي" }]
      ]
      for (const [n, [user, expected]] of cases.entries()) {
        yield* acknowledged(seal(created(`user_kept_${n}`, user)))
        assert.deepInclude(yield* rowOf(`user_kept_${n}`), { ...expected, role: "customer", seller_category: null })
      }
    })
  )

  it.effect("a field that the user changed stays until Clerk says something else about it", () =>
    Effect.gen(function* () {
      const { newToken, patch, get } = yield* TestServer
      const id = "user_own_mind"
      const token = yield* newToken(id)
      const profile = Effect.map(get(me, { token }), ({ json: { data } }) => [data.full_name, data.email, data.phone])
      yield* acknowledged(seal(created(id)))
      yield* patch(me, { full_name: "Mina", phone: null }, { token })
      yield* acknowledged(seal(updated(id, { first_name: "Amina", email: "new@example.dz" })))
      assert.deepStrictEqual(yield* profile, ["Mina", "new@example.dz", null])
      yield* acknowledged(seal(updated(id, { first_name: "Amel", email: "new@example.dz", updated_at: t0 + 2000 })))
      assert.deepStrictEqual(yield* profile, ["Amel Benali", "new@example.dz", null])
      yield* acknowledged(
        seal(updated(id, { first_name: "Amel", email: null, phone: "+213666000111", updated_at: t0 + 3000 }))
      )
      assert.deepStrictEqual(yield* profile, ["Amel Benali", null, "+213666000111"])
    })
  )

  it.effect("one who was here before Clerk's first word keeps what they wrote, and gets what they left out", () =>
    Effect.gen(function* () {
      const { newToken, patch, get } = yield* TestServer
      const id = "user_early_bird"
      const token = yield* newToken(id)
      yield* patch(me, { full_name: "Mina" }, { token })
      yield* acknowledged(seal(created(id)))
      const { json } = yield* get(me, { token })
      assert.deepInclude(json.data, { full_name: "Mina", email: "amina@example.dz", phone: "+213555123456" })
    })
  )

  it.effect("a deletion ends access at once, keeps nothing of the person, and is for good", () =>
    Effect.gen(function* () {
      const { newToken, get, send } = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const [id, never] = ["user_gone", "user_never_seen"]
      const token = yield* newToken(id)
      assert.strictEqual(
        (yield* send("PUT", `${me}/avatar`, { token, ...upload(yield* Effect.promise(() => jpeg(300, 300))) })).status,
        200
      )
      assert.strictEqual((yield* get(me, { token })).status, 200)
      yield* acknowledged(seal(updated(id)))
      yield* acknowledged(seal(deleted(id)))
      yield* acknowledged(seal(deleted(never)))
      yield* acknowledged(seal(updated(id, { updated_at: t0 + 99_000 })))
      for (const gone of [token, yield* newToken(id), yield* newToken(never)]) {
        const { status, json } = yield* get(me, { token: gone })
        assert.deepStrictEqual([status, json.error.code], [403, "ACCOUNT_CLOSED"])
      }
      assert.deepStrictEqual(yield* rowOf(id), tombstone)
      assert.deepStrictEqual(yield* rowOf(never), tombstone)
      const [pictures] = yield* sql`
        SELECT avatar_url, avatar_media_id, (SELECT count(*)::int FROM media WHERE owner_id = users.id) AS kept
        FROM users WHERE clerk_id = ${id}`
      assert.deepStrictEqual(pictures, { avatar_url: null, avatar_media_id: null, kept: 0 })
    })
  )

  it.effect("an update lets nobody back in who was banned", () =>
    Effect.gen(function* () {
      const { person, get } = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const { token, id } = yield* person("customer")
      const [row] = yield* sql<{ clerk_id: string }>`
        UPDATE users SET status = 'banned' WHERE id = ${id} RETURNING clerk_id`
      yield* acknowledged(seal(updated(row?.clerk_id ?? "")))
      assert.strictEqual((yield* get(me, { token })).status, 403)
    })
  )
})

layer(TestServer.over(freshDatabase, { CLERK_WEBHOOK_SECRET: "" }).pipe(Layer.fresh))("without its secret", (it) => {
  it.effect("there is nothing at the address of the webhooks", () =>
    Effect.gen(function* () {
      const { status, json } = yield* deliver(seal(created("user_x")))
      assert.deepStrictEqual([status, json.error.code], [404, "WEBHOOK_NOT_CONFIGURED"])
    })
  )
})
