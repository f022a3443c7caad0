/** RELIABILITY T2: one order a key, whatever repeats, races or dies. */
import { setImmediate } from "node:timers/promises"
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { pool } from "../../src/layers/Postgres.ts"
import { freshDatabase } from "../support/database.ts"
import { eventually } from "../support/eventually.ts"
import { type Exchanged, exchange } from "../support/http.ts"
import { assertMovementsSum, newProduct, newUser } from "../support/market.ts"
import { spawnServer, spawnZst } from "../support/process.ts"
import { pick, type Random, randomFrom, seed } from "../support/random.ts"

const loops = 200
const clients = 50
const kills = 10
const stock = 100_000

type Server = Effect.Success<ReturnType<typeof spawnServer>>
type Reply = Exchanged & { readonly code: string | undefined }
type Message = { readonly headers: Record<string, string>; readonly body: string }

const spawned = (url: string) => spawnServer(url, { LOG_LEVEL: "Error", DATABASE_POOL: "12" })

const send = async (server: Server, { headers, body }: Message): Promise<Reply> => {
  const answer = await exchange("POST", `${server.url}/api/v1/orders`, headers, body)
  return { ...answer, code: JSON.parse(answer.text).error?.code }
}

const post = (server: Server, message: Message) => Effect.promise(() => send(server, message))

const isInProgress = ({ status, code, headers }: Reply) =>
  status === 409 && code === "REQUEST_IN_PROGRESS" && headers.get("retry-after") === "1"

/** A client that goes on, at the other server when its own is gone, until its answer is not "in progress". */
const persist = async (servers: ReadonlyArray<Server>, at: number, message: Message, onReply: () => void) => {
  for (let turn = at; ; ) {
    const server = servers[turn % servers.length]
    const reply = server && (await send(server, message).catch(() => undefined))
    onReply()
    if (reply === undefined) turn++
    else if (!isInProgress(reply)) return reply
  }
}

/** When a process is killed in a burst: some turns of the event loop later, after some replies, or upon its effect. */
const killPoint = (random: Random) => {
  const kind = pick(random, ["sent", "replied", "committed"] as const)
  const nth = 1 + Math.floor(random() * clients)
  return { kind, turns: nth, replies: kind === "replied" ? nth : 0 }
}

const market = Effect.gen(function* () {
  const url = yield* freshDatabase
  const context = yield* Layer.build(pool({ url: Redacted.make(url), maxConnections: 3 }))
  return yield* Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const owner = yield* newUser("seller")
    const products = [yield* newProduct(owner, { stock }), yield* newProduct(owner, { stock })]
    return { url, sql, products }
  }).pipe(Effect.provide(context))
})

const ordered = (items: ReadonlyArray<object>, notes: string) =>
  JSON.stringify({ customer_name: "Ahmed", customer_phone: "0555123456", items, notes })

it.live(
  `${loops} keys, each sent by ${clients} clients to two processes, ${kills} of them killed: one order a key (SEED=${seed})`,
  () =>
    Effect.gen(function* () {
      const { url, sql, products } = yield* market
      const random = randomFrom(seed)
      const servers = [yield* spawned(url), yield* spawned(url)]
      const token = yield* spawnZst(["token", "--role", "customer"], { DATABASE_URL: url })
      yield* token.exited
      const authorization = `Bearer ${token.output().trim()}`
      const killing = new Set<number>()
      while (killing.size < kills) killing.add(Math.floor(random() * loops))

      const committed = (before: number) =>
        Effect.repeat(sql<{ count: number }>`SELECT count(*)::int AS count FROM idempotency_keys`, {
          until: ([row]) => (row?.count ?? 0) > before
        })

      const burst = Effect.fnUntraced(function* (message: Message) {
        const sent = servers.flatMap((server) => Array.from({ length: clients / 2 }, () => post(server, message)))
        return yield* Effect.all(sent, { concurrency: "unbounded" })
      })

      const killedBurst = Effect.fnUntraced(function* (message: Message, before: number) {
        const victim = Math.floor(random() * servers.length)
        const point = killPoint(random)
        let replies = 0
        const kill = () => servers[victim]?.child.kill("SIGKILL")
        const onReply = () => {
          if (++replies === point.replies) kill()
        }
        const sent = Array.from({ length: clients }, (_, at) => persist([...servers], at, message, onReply))
        if (point.kind === "sent") {
          for (let turn = 0; turn < point.turns; turn++) yield* Effect.promise(() => setImmediate())
          kill()
        }
        if (point.kind === "committed") yield* Effect.andThen(committed(before), Effect.sync(kill))
        const answers = yield* Effect.promise(() => Promise.all(sent))
        const killed = servers[victim]
        assert.strictEqual((killed && (yield* killed.exited))?.signal, "SIGKILL")
        servers[victim] = yield* spawned(url)
        return answers
      })

      const numbers = new Map<string, string>()
      for (let loop = 0; loop < loops; loop++) {
        const key = `${seed}-${loop}`
        const items = (random() < 0.5 ? products : [pick(random, products)]).map((product_id) => ({
          product_id,
          quantity: pick(random, [1, 2, 3])
        }))
        const headers = { "Idempotency-Key": key, ...(random() < 0.5 ? { authorization } : {}) }
        const message = { headers, body: ordered(items, key) }
        const answers = killing.has(loop) ? yield* killedBurst(message, loop) : yield* burst(message)
        const placed = answers.filter(({ status }) => status === 201)
        const bodies = new Set(placed.map(({ text }) => text))
        assert.strictEqual(bodies.size, 1, key)
        for (const answer of answers) assert.isTrue(answer.status === 201 || isInProgress(answer), answer.text)
        assert.isAtMost(placed.filter((answer) => !answer.headers.has("idempotent-replayed")).length, 1)
        const server = pick(random, servers)
        const late = yield* post(server, message)
        assert.deepStrictEqual([late.status, late.headers.get("idempotent-replayed")], [201, "true"])
        assert.isTrue(bodies.has(late.text))
        const other = yield* post(server, { headers, body: ordered(items, `${key}, another`) })
        assert.deepStrictEqual([other.status, other.code], [422, "IDEMPOTENCY_KEY_REUSED"])
        const malformed = yield* post(server, { ...message, headers: { ...headers, "Idempotency-Key": `${key} x` } })
        assert.deepStrictEqual([malformed.status, malformed.code], [400, "IDEMPOTENCY_KEY_INVALID"])
        numbers.set(key, JSON.parse(late.text).data.order_number)
      }

      const rows = yield* sql<{ notes: string; order_number: string }>`SELECT notes, order_number FROM orders`
      assert.lengthOf(rows, loops)
      for (const { notes, order_number } of rows) assert.strictEqual(order_number, numbers.get(notes))
      const stocks = yield* sql<{ left: number; ordered: number }>`
        SELECT s.stock AS left, sum(i.quantity)::int AS ordered
        FROM skus s JOIN order_items i ON i.sku_id = s.id GROUP BY s.id`
      yield* assertMovementsSum.pipe(Effect.provideService(SqlClient.SqlClient, sql))
      assert.lengthOf(stocks, products.length)
      for (const { left, ordered } of stocks) assert.strictEqual(left + ordered, stock)
    }).pipe(Effect.scoped),
  300_000
)

it.live("a process killed after the effect and before the answer: the retry gets that answer from another", () =>
  Effect.gen(function* () {
    const { url, sql, products } = yield* market
    const [dying, other] = [yield* spawned(url), yield* spawned(url)]
    const message = {
      headers: { "Idempotency-Key": `${seed}` },
      body: ordered([{ product_id: products[0], quantity: 2 }], "once")
    }
    // The commit waits here until it is let go, by then for nobody.
    const gate = 42
    yield* sql`CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      PERFORM pg_advisory_xact_lock(42); RETURN NULL;
    END $$`
    yield* sql`CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON idempotency_keys DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION gate()`
    yield* Effect.gen(function* () {
      yield* sql`SELECT pg_advisory_xact_lock(${gate})`
      const lost = send(dying, message).catch(() => undefined)
      const committing = sql`
        SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
        WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted`
      yield* eventually(committing, (rows) => rows.length > 0)
      assert.isTrue(isInProgress(yield* post(other, message)))
      dying.child.kill("SIGKILL")
      yield* dying.exited
      assert.isUndefined(yield* Effect.promise(() => lost))
    }).pipe(sql.withTransaction)
    const answer = yield* Effect.promise(() => persist([other], 0, message, () => undefined))
    assert.deepStrictEqual([answer.status, answer.headers.get("idempotent-replayed")], [201, "true"])
    const [orders] = yield* sql<{ numbers: ReadonlyArray<string> }>`
      SELECT array_agg(order_number) AS numbers FROM orders`
    assert.deepStrictEqual(orders?.numbers, [JSON.parse(answer.text).data.order_number])
    const [left] = yield* sql<{ stock: number }>`SELECT stock FROM skus WHERE product_id = ${products[0]}`
    assert.strictEqual(left?.stock, stock - 2)
  }).pipe(Effect.scoped)
)
