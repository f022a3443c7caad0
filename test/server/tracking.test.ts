/**
 * Guests find their order with its number and their phone; nobody else finds out which numbers or phones there are.
 */
import { assert, layer } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { freshDatabase } from "../support/database.ts"
import { randomFrom, shuffled } from "../support/random.ts"
import { type Answer, type Send, TestServer } from "../support/server.ts"

const real = 5000

/** The n-th number and phone; those below `real` are of the order that `placeOrders` made. */
const numberAt = (n: number) => `ZST-${String(n).padStart(8, "0").replaceAll("0", "A").replaceAll("1", "B")}`
const phoneAt = (n: number) => `0555${String(n).padStart(6, "0")}`

const placeOrders = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql`
    INSERT INTO orders (id, order_number, customer_name, customer_phone, subtotal, total)
    SELECT uuidv7(), 'ZST-' || translate(lpad(n::text, 8, '0'), '01', 'AB'), 'Ahmed',
      '+213555' || lpad(n::text, 6, '0'), 100000, 100000
    FROM generate_series(0, ${real - 1}::int) AS n`
)

const track = Effect.fnUntraced(function* (number: string, phone: string, options?: Send) {
  const server = yield* TestServer
  return yield* server.get(`/api/v1/orders/track?${new URLSearchParams({ number, phone })}`, options)
})

/** A request that our proxy passes on for a client at this address. */
const from = (address: string): Send => ({ headers: { "x-forwarded-for": address } })
const client = (n: number) => from(`198.51.${100 + Math.floor(n / 250)}.${(n % 250) + 1}`)

const spoken = ({ status, json }: Answer) => {
  const { request_id: _, ...error } = json.error
  return JSON.stringify({ status, ...error })
}

const median = (values: ReadonlyArray<number>) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

const spread = (values: ReadonlyArray<number>) => Math.max(...values) - Math.min(...values)

/** `kind` 0 is another phone's number, 1 nobody's, 2 none at all. */
type Sample = { readonly kind: number; readonly isRealPhone: boolean; readonly taken: number }

const serverWith = (settings: Record<string, string>) => TestServer.over(freshDatabase, settings)

layer(serverWith({ RATE_LIMITS: "off" }))("a wrong guess", (it) => {
  it.effect(
    "is answered alike, and as fast, whether there is such a phone, such a number, or neither",
    () =>
      Effect.gen(function* () {
        yield* placeOrders
        assert.strictEqual((yield* track(numberAt(7), phoneAt(7))).status, 200)
        const answers = new Set<string>()
        const samples: Array<Sample> = []
        const guess = Effect.fnUntraced(function* (n: number) {
          const kind = n % 3
          const number = kind === 0 ? numberAt((n + 1) % real) : kind === 1 ? numberAt(real + n) : `ZST-${n}`
          const begun = performance.now()
          const answer = yield* track(number, phoneAt(n))
          samples.push({ kind, isRealPhone: n < real, taken: performance.now() - begun })
          answers.add(spoken(answer))
        })
        // In any order, so that what else this machine does falls on all kinds alike.
        const phones = shuffled(
          randomFrom(17),
          Array.from({ length: 2 * real }, (_, n) => n)
        )
        yield* Effect.forEach(phones, guess, { concurrency: 4, discard: true })
        assert.deepStrictEqual(
          [...answers],
          ['{"status":404,"code":"ORDER_NOT_FOUND","message":"This order does not exist.","details":[]}']
        )
        const medianOf = (belongs: (sample: Sample) => boolean) =>
          median(samples.filter(belongs).map(({ taken }) => taken))
        const byPhone = [medianOf((s) => s.isRealPhone), medianOf((s) => !s.isRealPhone)]
        const byNumber = [0, 1, 2].map((kind) => medianOf((s) => s.kind === kind))
        // Beside what else the machine does, which falls on all of them.
        const noise = Math.max(5, median(samples.map(({ taken }) => taken)) / 2)
        assert.isAtMost(spread(byPhone), noise, `milliseconds, real phone and unreal: ${byPhone}`)
        assert.isAtMost(spread(byNumber), noise, `milliseconds, real number, unreal and malformed: ${byNumber}`)
      }),
    { timeout: 60_000 }
  )

  it.effect("is not limited where limits are off", () =>
    Effect.gen(function* () {
      for (let n = 0; n < 30; n++) {
        const { status, headers } = yield* track("ZST-22222222", "0555123456")
        assert.strictEqual(status, 404)
        assert.isNull(headers.get("ratelimit"))
      }
    })
  )
})

/** Guesses until it is refused: the refusal, and how many were answered before. */
const guessUntilRefused = Effect.fnUntraced(function* (guess: (n: number) => ReturnType<typeof track>) {
  for (let told = 0; told <= 20; told++) {
    const answer = yield* guess(told)
    if (answer.status !== 404) return { told, answer }
  }
  return assert.fail("21 guesses were answered")
})

const assertRefused = (answer: Answer, seconds: number) => {
  assert.strictEqual(answer.status, 429, answer.text)
  const { request_id, ...error } = answer.json.error
  assert.isString(request_id)
  assert.deepStrictEqual(error, {
    code: "RATE_LIMIT_EXCEEDED",
    message: `Too many attempts. Try again in ${seconds} seconds.`,
    details: [],
    retry_after: seconds
  })
  assert.strictEqual(answer.headers.get("retry-after"), String(seconds))
}

/** Refused until the very second that Retry-After names. */
const assertOpensAfter = Effect.fnUntraced(function* (seconds: number, guess: ReturnType<typeof track>) {
  yield* TestClock.adjust(Duration.seconds(seconds - 1))
  assertRefused(yield* guess, 1)
  yield* TestClock.adjust("1 second")
  assert.strictEqual((yield* guess).status, 200)
})

layer(serverWith({ TRUSTED_PROXIES: "127.0.0.1", RATE_LIMITS: "on" }))("guessing at orders", (it) => {
  // Each test has numbers, phones and addresses of its own: what one used up is not there for the next.
  const unreal = (n: number) => numberAt(real + n)

  it.effect("is refused after 20 misses from one address, right guesses as well, until one is made up for", () =>
    Effect.gen(function* () {
      yield* placeOrders
      const { told, answer } = yield* guessUntilRefused((n) => track(unreal(n), phoneAt(n), client(0)))
      assert.strictEqual(told, 20)
      assertRefused(answer, 30)
      assert.strictEqual((yield* track(numberAt(100), phoneAt(100), client(1))).status, 200)
      yield* assertOpensAfter(30, track(numberAt(100), phoneAt(100), client(0)))
    })
  )

  it.effect("is refused after 20 misses at one phone, from wherever, until one is made up for", () =>
    Effect.gen(function* () {
      const phone = phoneAt(200)
      const spelt = [phone, `+213${phone.slice(1)}`, `00213 ${phone.slice(1)}`]
      const { told, answer } = yield* guessUntilRefused((n) =>
        track(unreal(100 + n), spelt[n % spelt.length] ?? phone, client(100 + n))
      )
      assert.strictEqual(told, 20)
      assertRefused(answer, 180)
      assert.strictEqual((yield* track(numberAt(201), phoneAt(201), client(120))).status, 200)
      yield* assertOpensAfter(180, track(numberAt(200), phone, client(121)))
    })
  )

  it.effect("is refused after 20 misses at one number, from wherever, until one is made up for", () =>
    Effect.gen(function* () {
      const number = numberAt(300)
      const spelt = [number, number.slice(4), number.toLowerCase(), ` ${number} `]
      const { told, answer } = yield* guessUntilRefused((n) =>
        track(spelt[n % spelt.length] ?? number, phoneAt(400 + n), client(200 + n))
      )
      assert.strictEqual(told, 20)
      assertRefused(answer, 180)
      assert.strictEqual((yield* track(numberAt(301), phoneAt(301), client(220))).status, 200)
      yield* assertOpensAfter(180, track(number, phoneAt(300), client(221)))
    })
  )

  it.effect("tells no more when the guesses come side by side", () =>
    Effect.gen(function* () {
      const phone = phoneAt(500)
      const guesses = Array.from({ length: 300 }, (_, n) => track(unreal(200 + n), phone, client(300 + n)))
      const right = Array.from({ length: 10 }, (_, n) => track(numberAt(500), phone, client(700 + n)))
      const answers = yield* Effect.all([...guesses, ...right], { concurrency: "unbounded" })
      const count = (status: number) => answers.filter((answer) => answer.status === status).length
      assert.strictEqual(count(404), 20)
      assert.strictEqual(count(404) + count(429) + count(200), 310)
      for (const { status } of answers.slice(-5)) assert.strictEqual(status, 429)
    })
  )

  it.effect("does not keep the customers of a shared address from their orders", () =>
    Effect.gen(function* () {
      for (let n = 600; n < 650; n++) {
        const { status, headers } = yield* track(numberAt(n), phoneAt(n), client(1000))
        assert.strictEqual(status, 200)
        assert.include(headers.get("ratelimit"), '"track-address";r=20, "track-phone";r=20, "track-number";r=20')
      }
      for (let n = 0; n < 19; n++) yield* track(unreal(600 + n), phoneAt(600), client(1000))
      assert.strictEqual((yield* track(numberAt(600), phoneAt(600), client(1000))).status, 200)
    })
  )

  it.effect("is told what is left, in the draft's form, also to pages of other origins", () =>
    Effect.gen(function* () {
      const headers = { ...client(1001).headers, origin: "https://shop.example" }
      const miss = yield* track(unreal(700), phoneAt(700), { headers })
      assert.strictEqual(
        miss.headers.get("ratelimit-policy"),
        '"orders";q=3000;w=60, "track-address";q=20;w=600, "track-phone";q=20;w=3600, "track-number";q=20;w=3600'
      )
      assert.strictEqual(
        miss.headers.get("ratelimit"),
        '"orders";r=2999;t=1, "track-address";r=19;t=30, "track-phone";r=19;t=180, "track-number";r=19;t=180'
      )
      const exposed = miss.headers.get("access-control-expose-headers")?.toLowerCase().split(",") ?? []
      for (const name of ["ratelimit", "ratelimit-policy", "retry-after"]) assert.include(exposed, name)
    })
  )

  it.effect("is not what a request that cannot be read does", () =>
    Effect.gen(function* () {
      for (let n = 0; n < 30; n++) assert.strictEqual((yield* track(unreal(800), "12", client(1002))).status, 422)
      const { headers } = yield* track(numberAt(800), phoneAt(800), client(1002))
      assert.include(headers.get("ratelimit") ?? "", '"track-address";r=20')
    })
  )

  it.effect("counts the addresses of an IPv6 subscriber as one", () =>
    Effect.gen(function* () {
      const { told } = yield* guessUntilRefused((n) =>
        track(unreal(900 + n), phoneAt(900 + n), from(`2001:db8:1:2::${n + 1}`))
      )
      assert.strictEqual(told, 20)
      assert.strictEqual((yield* track(numberAt(950), phoneAt(950), from("2001:db8:1:3::1"))).status, 200)
    })
  )

  it.effect("is not helped by what a client puts before the address that the proxy adds", () =>
    Effect.gen(function* () {
      const { told } = yield* guessUntilRefused((n) =>
        track(unreal(1000 + n), phoneAt(1000 + n), from(`203.0.113.${n}, 127.0.0.1, garbage, 198.51.99.1`))
      )
      assert.strictEqual(told, 20)
    })
  )

  it.effect("at tokens is refused after 100 misses, and a read without one is not counted", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const [order] = yield* sql<{ id: string }>`SELECT id FROM orders LIMIT 1`
      const path = `/api/v1/orders/${order?.id}`
      const wrong = { headers: { ...client(1003).headers, "x-order-token": "q3Zt0hT2RkWm8nYb5vXc1A" } }
      for (let n = 0; n < 30; n++) {
        assert.strictEqual((yield* server.get(path, wrong)).status, 404)
        assert.strictEqual((yield* server.patch(path, { commune: "Oran" }, wrong)).status, 404)
        assert.strictEqual((yield* server.post(`${path}/cancel`, {}, wrong)).status, 404)
        assert.strictEqual((yield* server.get(path, client(1003))).status, 404)
      }
      for (let n = 0; n < 10; n++) assert.strictEqual((yield* server.get(path, wrong)).status, 404)
      assertRefused(yield* server.get(path, wrong), 6)
      assertRefused(yield* server.patch(path, { commune: "Oran" }, wrong), 6)
      assert.strictEqual((yield* server.get(path, client(1003))).status, 404)
    })
  )
})

layer(serverWith({ TRUSTED_PROXIES: "192.0.2.1", RATE_LIMITS: "on" }))(
  "guessing at orders through no proxy of ours",
  (it) => {
    it.effect("is not helped by a made-up X-Forwarded-For", () =>
      Effect.gen(function* () {
        const { told, answer } = yield* guessUntilRefused((n) => track(numberAt(n), phoneAt(n), client(n)))
        assert.strictEqual(told, 20)
        assertRefused(answer, 30)
      })
    )
  }
)
