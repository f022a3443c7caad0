/** What the queue's own store says while the database is away. */
import { assert, it } from "@effect/vitest"
import { Cause, Effect, Logger, References } from "effect"
import { TestClock } from "effect/testing"
import { toldOnce } from "../../src/layers/JobQueue.ts"

it.effect("is told once in half a minute, with its cause", () =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const logger = Logger.make(({ message, cause }) => lines.push(`${message}: ${Cause.pretty(cause)}`))
    const fail = Effect.logWarning(Cause.fail(new Error("no connection"))).pipe(
      Effect.provideService(References.CurrentLoggers, toldOnce(new Set([logger])))
    )
    for (let i = 0; i < 100; i++) yield* fail
    assert.lengthOf(lines, 1)
    assert.match(lines[0] ?? "", /^the job queue cannot be reached: .*no connection/)
    yield* TestClock.adjust("31 seconds")
    yield* fail
    assert.lengthOf(lines, 2)
  })
)
