/** Whoever waits for a lock of ours is told whose it is, and what to do about it. */
import { spawn } from "node:child_process"
import { cpSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, type Layer, Logger } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { migrations } from "../../migrations/index.ts"
import { withStartLock } from "../../src/layers/embedded-postgres/startLock.ts"
import * as JobQueue from "../../src/layers/JobQueue.ts"
import { apply, migrate, migrateIfPending } from "../../src/layers/Migrations.ts"
import { takeTurn } from "../../src/layers/turn.ts"
import { ofList } from "../../src/services/connections.ts"
import { locks } from "../../src/services/locks.ts"
import { patiently } from "../../src/services/patience.ts"
import { root } from "../cli/zst.ts"
import { TestDatabase } from "../support/database.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { eventually } from "../support/eventually.ts"
import { whileHeld } from "../support/locks.ts"

const listening = () => {
  const said: Array<string> = []
  return { said, layer: Logger.layer([Logger.make(({ message }) => said.push(String(message)))]) as Layer.Layer<never> }
}

it.live("for the start of the embedded database", () =>
  Effect.gen(function* () {
    const dataDir = yield* temporaryDirectory("zst-waiting-")
    const [held, release] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
    const holding = Effect.andThen(Deferred.succeed(held, undefined), Deferred.await(release))
    const holder = yield* Effect.forkChild(withStartLock(dataDir, holding))
    yield* Deferred.await(held)
    const { said, layer } = listening()
    const second = yield* Effect.forkChild(Effect.provide(withStartLock(dataDir, Effect.succeed("mine")), layer))
    yield* eventually(
      Effect.sync(() => said),
      ({ length }) => length > 0
    )
    assert.match(said[0] ?? "", new RegExp(`^Waiting for another zst process \\(pid ${process.pid}\\), .* end it`))
    yield* Deferred.succeed(release, undefined)
    yield* Fiber.join(holder)
    assert.strictEqual(yield* Fiber.join(second), "mine")
  }).pipe(Effect.scoped)
)

it.live("for a change of the schema, until it is in vain", () =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const lock = 7_305_999
    const turn = takeTurn(lock, "is at work")
    const { said, layer } = listening()
    const inVain = turn.pipe(patiently(sql, "1 minute", { lock_timeout: "100ms" }), Effect.flip, Effect.provide(layer))
    const refused = yield* whileHeld(turn, inVain)
    const words =
      /Another process is at work \(zst, process \d+ at \S+, PostgreSQL session (\d+), since \S+\)\. If it hangs, .*pg_terminate_backend\(\1\)/
    assert.match(said[0] ?? "", words)
    assert.strictEqual(refused._tag, "TurnNotTaken")
    assert.match(refused.message, words)
  }).pipe(Effect.provide(TestDatabase))
)

it.live("for a table that is in use, for a moment at a time: those who read it meanwhile are let by", () =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const { said, layer } = listening()
    const added = sql`ALTER TABLE products ADD COLUMN added int`
    const changed = apply({ ...migrations, "9999_added": added })
    const changing = yield* whileHeld(
      sql`SELECT FROM products LIMIT 1`,
      Effect.gen(function* () {
        const changing = yield* Effect.forkChild(Effect.provide(changed, layer))
        yield* eventually(
          Effect.sync(() => said),
          ({ length }) => length > 0
        )
        // As a list does, which waits for 0.1 seconds at the most; in some of them somebody waits to change the table.
        const read = sql`${sql.literal(ofList)} SELECT FROM products LIMIT 1`
        yield* Effect.forEach(Array.from({ length: 100 }), () => Effect.delay(read, "10 millis"), { discard: true })
        assert.match(said[0] ?? "", /^Waiting\. Others read or write what the schema change needs/)
        return changing
      })
    )
    yield* Fiber.join(changing)
    assert.lengthOf(yield* sql`SELECT FROM information_schema.columns WHERE column_name = 'added'`, 1)
  }).pipe(Effect.provide(TestDatabase))
)

/** How long each try of a change of the schema would wait. */
const makeTries = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const waits: Array<string> = []
  const added = sql<{ wait: string }>`SELECT current_setting('lock_timeout') AS wait`.pipe(
    Effect.tap(([row]) => Effect.sync(() => waits.push(row?.wait ?? ""))),
    Effect.andThen(sql`LOCK TABLE categories`),
    Effect.andThen(sql`ALTER TABLE products ADD COLUMN added int`)
  )
  return { waits, changed: Effect.exit(apply({ ...migrations, "9999_added": added })) }
})

/** As fast as it is until somebody was seen, then ten times as fast; says when the time is over, or it is. */
const passing = Effect.fnUntraced(function* <A, E>(changing: Fiber.Fiber<A, E>, milliseconds: number) {
  for (let passed = 0; passed < milliseconds && changing.pollUnsafe() === undefined; passed += 50) {
    yield* Effect.sleep(passed < 4000 ? "50 millis" : "5 millis").pipe(TestClock.withLive)
    yield* TestClock.adjust("50 millis")
  }
})

const read = Effect.fnUntraced(function* (table: string, mode = "ACCESS SHARE") {
  const sql = yield* SqlClient.SqlClient
  yield* sql`SELECT set_config('idle_in_transaction_session_timeout', '0', true)`
  yield* sql`LOCK TABLE ${sql(table)} IN ${sql.literal(mode)} MODE`
})

for (const [who, mode] of [
  ["a backup", "ACCESS SHARE"],
  ["an index that is made beside others", "SHARE UPDATE EXCLUSIVE"]
] as const) {
  it.effect(`for a table that ${who} stays in, in vain, and for no longer at a time than before`, () =>
    Effect.gen(function* () {
      const { waits, changed } = yield* makeTries
      const ended = yield* whileHeld(
        read("products", mode),
        Effect.gen(function* () {
          const changing = yield* Effect.forkChild(changed)
          yield* passing(changing, Number.POSITIVE_INFINITY)
          return yield* Fiber.join(changing)
        })
      )
      assert.isTrue(Exit.isFailure(ended))
      assert.isAbove(waits.length, 3)
      assert.deepStrictEqual(new Set(waits), new Set(["50ms"]))
    }).pipe(Effect.provide(TestDatabase))
  )
}

it.effect("for a table that somebody stays in, behind one who comes and goes; and no longer for who has left", () =>
  Effect.gen(function* () {
    const { waits, changed } = yield* makeTries
    const changing = yield* Effect.forkChild(changed)
    const left = yield* Deferred.make<void>()
    const reader = yield* whileHeld(
      read("products"),
      Effect.gen(function* () {
        yield* passing(changing, 12_000)
        const reader = yield* Effect.forkChild(whileHeld(read("categories"), Deferred.await(left)))
        yield* passing(changing, 6000)
        return reader
      })
    )
    assert.deepStrictEqual(new Set(waits), new Set(["50ms"]))
    yield* passing(changing, 3000)
    assert.include(waits, "200ms")
    yield* Deferred.succeed(left, undefined)
    yield* Fiber.join(reader)
    yield* passing(changing, Number.POSITIVE_INFINITY)
    assert.isTrue(Exit.isSuccess(yield* Fiber.join(changing)))
  }).pipe(Effect.provide(TestDatabase))
)

it.live("for what a migration itself locks", () =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const locked = sql`LOCK TABLE ${sql("products")} IN EXCLUSIVE MODE`
    const held = sql`SELECT FROM pg_locks WHERE relation = 'products'::regclass AND mode = 'ExclusiveLock'`
    let count = 0
    const migration = Effect.tap(Effect.andThen(locked, held), ({ length }) =>
      Effect.sync(() => {
        count = length
      })
    )
    yield* apply({ ...migrations, "9999_locks": migration })
    assert.strictEqual(count, 1)
  }).pipe(Effect.provide(TestDatabase))
)

it.live("for no backup, where nothing is to be changed", () =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const tables = yield* sql<{ name: string }>`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`
    const backup = sql`LOCK TABLE ${sql.literal(tables.map(({ name }) => name).join())} IN ACCESS SHARE MODE`
    const { said, layer } = listening()
    yield* whileHeld(
      backup,
      migrate.pipe(Effect.andThen(Effect.provide(Effect.void, JobQueue.layer)), Effect.provide(layer))
    )
    assert.deepStrictEqual(said, [])
  }).pipe(Effect.provide(TestDatabase))
)

it.live("for nobody's change of the schema, where a server finds its own", () =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const { said, layer } = listening()
    yield* whileHeld(sql`SELECT pg_advisory_xact_lock(${locks.migrations})`, Effect.provide(migrateIfPending, layer))
    assert.deepStrictEqual(said, [])
  }).pipe(Effect.provide(TestDatabase))
)

it.live("for the packages that another command installs", () =>
  Effect.gen(function* () {
    const copy = yield* temporaryDirectory("zst-waiting-")
    for (const name of ["scripts", "package.json", "package-lock.json"]) {
      cpSync(join(root, name), join(copy, name), { recursive: true })
    }
    mkdirSync(join(copy, ".zst"))
    writeFileSync(join(copy, ".zst/install.lock"), String(process.pid))
    const child = yield* Effect.acquireRelease(
      Effect.sync(() => spawn(process.execPath, [join(copy, "scripts/zst.mjs"), "doctor", "--json"])),
      (running) => Effect.sync(() => running.kill("SIGKILL"))
    )
    let output = ""
    child.stderr.on("data", (chunk) => {
      output += chunk
    })
    yield* eventually(
      Effect.sync(() => output.trim().split("\n")),
      ({ length }) => length > 1
    )
    const [first, second] = output.trim().split("\n")
    assert.match(JSON.parse(first ?? "").message, /^Installing dependencies/)
    assert.match(
      JSON.parse(second ?? "").message,
      new RegExp(`^Waiting for process ${process.pid}, .* remove .*install\\.lock\\.$`)
    )
  }).pipe(Effect.scoped)
)
