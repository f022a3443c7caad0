/** Who has a connection when, of a pool that is only counted. */
import type { PgConnection, PgPool } from "@effect/sql-pg"
import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import type { SqlError } from "effect/sql"
import { lending } from "../../src/layers/postgres/lending.ts"

const connection = {} as PgConnection.PgConnection
const pool = { use: (run: (on: typeof connection) => unknown) => run(connection) } as unknown as PgPool.PgPool

const make = (options: Parameters<typeof lending>[1]) => {
  const { use, useToTheEnd } = lending(pool, options)
  const begun: Array<string> = []
  /** Begins a use that lasts until it is let go. */
  const start = (name: string, how: typeof use = use) =>
    Effect.gen(function* () {
      const end = yield* Deferred.make<void>()
      const lent: Effect.Effect<void, SqlError.SqlError> = how(() =>
        Effect.andThen(
          Effect.sync(() => begun.push(name)),
          Deferred.await(end)
        )
      )
      const fiber = yield* Effect.forkChild(lent)
      yield* Effect.yieldNow
      return { fiber, end: Deferred.succeed(end, undefined) }
    })
  return { begun, start, use, useToTheEnd }
}

const settled = Effect.sleep("20 millis")

it.live("who comes later has a connection later", () =>
  Effect.gen(function* () {
    const { begun, start } = make({ most: 1 })
    const first = yield* start("first")
    const second = yield* start("second")
    yield* start("third")
    yield* first.end
    yield* settled
    assert.deepStrictEqual(begun, ["first", "second"])
    yield* second.end
    yield* settled
    assert.deepStrictEqual(begun, ["first", "second", "third"])
  })
)

it.live("who leaves a statement that goes on leaves its place taken until it has ended", () =>
  Effect.gen(function* () {
    const { begun, start, useToTheEnd } = make({ most: 1 })
    const left = yield* start("left", useToTheEnd)
    const leaving = yield* Effect.forkChild(Fiber.interrupt(left.fiber))
    yield* start("next")
    yield* settled
    assert.deepStrictEqual(begun, ["left"])
    yield* left.end
    yield* Fiber.join(leaving)
    yield* settled
    assert.deepStrictEqual(begun, ["left", "next"])
  })
)

it.live("who leaves the line, or a statement that ends with them, gives their place back", () =>
  Effect.gen(function* () {
    const { begun, start } = make({ most: 1 })
    const first = yield* start("first")
    const waiting = yield* start("waiting")
    yield* start("next")
    yield* Fiber.interrupt(waiting.fiber)
    yield* Fiber.interrupt(first.fiber)
    yield* settled
    assert.deepStrictEqual(begun, ["first", "next"])
  })
)

it.live("a use that lasts makes room for another, up to the ceiling", () =>
  Effect.gen(function* () {
    const { begun, start } = make({ most: 1, ceiling: 2 })
    for (const name of ["a", "b", "c"]) yield* start(name)
    assert.deepStrictEqual(begun, ["a"])
    yield* Effect.sleep("200 millis")
    assert.deepStrictEqual(begun, ["a", "b"])
  })
)

it.live("nobody waits for longer than two seconds", () =>
  Effect.gen(function* () {
    const { start } = make({ most: 1 })
    yield* start("first")
    const late = yield* start("late")
    const error = yield* Effect.flip(Fiber.join(late.fiber))
    assert.strictEqual(error.reason._tag, "ConnectionError")
  })
)

it.live("however many wait for what ends at once, all have their turn", () =>
  Effect.gen(function* () {
    const { start, use } = make({ most: 1 })
    const first = yield* start("first")
    const many = Array.from({ length: 3000 }, (_, i) => use(() => Effect.succeed(i)))
    const fibers = yield* Effect.forEach(many, (one) => Effect.forkChild(one, { startImmediately: true }))
    yield* first.end
    assert.strictEqual((yield* Effect.forEach(fibers, Fiber.join)).length, 3000)
    assert.strictEqual(yield* use(() => Effect.succeed("afterwards")), "afterwards")
  })
)
