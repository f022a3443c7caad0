/** What a user keeps stays within its bounds while many requests, of one user or of two, change it at once. */
import { randomUUID } from "node:crypto"
import { assert, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { freshDatabase } from "../support/database.ts"
import { deadlocks } from "../support/market.ts"
import { pick, randomFrom, seed } from "../support/random.ts"
import { insistent, TestServer } from "../support/server.ts"
import { buyer } from "../support/shop.ts"

const numbers = (length: number) => Array.from({ length }, (_, i) => i)

const address = {
  recipient_name: "Amina",
  phone: "0555123456",
  wilaya_code: 16,
  commune: "Bab El Oued",
  address: "12, rue Colonel Lotfi"
}

/** Runs over a server whose database saw no deadlock. */
const withoutDeadlock = <E>(work: Effect.Effect<void, E, TestServer | SqlClient.SqlClient>) =>
  Effect.gen(function* () {
    const url = yield* freshDatabase
    yield* work.pipe(Effect.provide(TestServer.over(Effect.succeed(url))))
    assert.strictEqual(yield* deadlocks(Redacted.make(url)), 0)
  })

const addresses = Effect.gen(function* () {
  const server = yield* insistent
  const sql = yield* SqlClient.SqlClient
  const random = randomFrom(seed)
  for (let round = 0; round < 5; round++) {
    const who = yield* buyer
    const send = (method: string, id: string, body?: object) =>
      server.send(method, `/api/v1/users/me/addresses/${id}`, { ...who, body })

    const ids = numbers(40).map(() => randomUUID())
    const created = yield* Effect.forEach(
      ids,
      (id) => send("PUT", id, { ...address, is_default: pick(random, [true, false]) }),
      { concurrency: "unbounded" }
    )
    const statuses = Map.groupBy(created, ({ status }) => status)
    assert.lengthOf(statuses.get(201) ?? [], 20)
    assert.lengthOf(statuses.get(409) ?? [], 20)

    const mixed = yield* Effect.forEach(
      numbers(100),
      () => {
        const id = pick(random, ids)
        return random() < 0.3
          ? send("DELETE", id)
          : send("PUT", id, { ...address, is_default: pick(random, [true, false, undefined]) })
      },
      { concurrency: "unbounded" }
    )
    for (const { status } of mixed) assert.include([200, 201, 404, 409], status)
    const [kept] = yield* sql<{ all: number; defaults: number }>`
      SELECT count(*)::int AS all, count(*) FILTER (WHERE is_default)::int AS defaults
      FROM addresses WHERE user_id = ${who.id}`
    assert.isAtMost(kept?.all ?? 21, 20)
    assert.strictEqual(kept?.defaults, Math.min(1, kept?.all ?? 0))
  }
})

it.effect(`requests at once leave one default and at most 20 addresses (SEED=${seed})`, () =>
  withoutDeadlock(addresses)
)

it.effect("two users that create the same address id at once: one has it, the other is told 404", () =>
  withoutDeadlock(
    Effect.gen(function* () {
      const server = yield* insistent
      const people = [yield* buyer, yield* buyer]
      for (const _ of numbers(10)) {
        const id = randomUUID()
        const answers = yield* Effect.forEach(
          people,
          (who) => server.send("PUT", `/api/v1/users/me/addresses/${id}`, { ...who, body: address }),
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual(answers.map(({ status }) => status).sort(), [201, 404])
      }
    })
  )
)

const pushTokens = Effect.gen(function* () {
  const server = yield* insistent
  const sql = yield* SqlClient.SqlClient
  const random = randomFrom(seed)
  const people = [yield* buyer, yield* buyer, yield* buyer]
  const tokens = numbers(6).map((i) => `ExponentPushToken[race-${i}]`)
  const devices = ["d0", "d1", undefined]
  const answers = yield* Effect.forEach(
    numbers(400),
    () =>
      server.post(
        "/api/v1/users/me/push-tokens",
        { push_token: pick(random, tokens), platform: "ios", device_id: pick(random, devices) },
        pick(random, people)
      ),
    { concurrency: "unbounded" }
  )
  for (const { status, text } of answers) assert.include([200, 201], status, text)
  const rows = yield* sql<{ push_token: string }>`SELECT push_token FROM push_tokens`
  assert.strictEqual(new Set(rows.map(({ push_token }) => push_token)).size, rows.length)

  // A token that nobody has seen, by everybody at once: it is one user's in the end.
  for (const i of numbers(10)) {
    const token = `ExponentPushToken[new-${i}]`
    const registered = yield* Effect.forEach(
      [...people, ...people],
      (who) => server.post("/api/v1/users/me/push-tokens", { push_token: token, platform: "ios" }, who),
      { concurrency: "unbounded" }
    )
    for (const { status, text } of registered) assert.include([200, 201], status, text)
    assert.lengthOf(yield* sql`SELECT FROM push_tokens WHERE push_token = ${token}`, 1)
  }
  const many = yield* Effect.forEach(
    numbers(60),
    (i) => server.post("/api/v1/users/me/push-tokens", { push_token: `many-${i}`, platform: "web" }, people[0]),
    { concurrency: "unbounded" }
  )
  assert.isTrue(many.every(({ status }) => status === 201))
  assert.lengthOf(yield* sql`SELECT FROM push_tokens WHERE user_id = ${people[0]?.id}`, 20)
})

it.effect(`registrations at once leave a token with one user and a user with 20 devices (SEED=${seed})`, () =>
  withoutDeadlock(pushTokens)
)
