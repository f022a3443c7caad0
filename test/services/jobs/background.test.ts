/** What is wired: kinds and events are named once, and ids are remembered for longer than any slot takes to come back. */
import { assert, it } from "@effect/vitest"
import { Cron, Duration, Effect, Layer } from "effect"
import { Services } from "../../../src/layers/App.ts"
import { consumers, eventTypes, handlers, schedules } from "../../../src/layers/Background.ts"
import { doneKeptFor } from "../../../src/services/jobs/pruneJobs.ts"
import { TestDatabase } from "../../support/database.ts"
import { TestMedia } from "../../support/media.ts"

it.effect("every kind and event has a name of its own, and a schedule has somebody to do its job", () =>
  Effect.gen(function* () {
    const kinds = (yield* handlers).map(({ kind }) => kind.name)
    const events = eventTypes.map(({ name }) => name)
    const readers = consumers.map(({ name }) => name)
    for (const names of [kinds, events, readers]) assert.deepStrictEqual([...new Set(names)], names)
    for (const { types } of consumers) for (const { name } of types) assert.include(events, name)
    for (const { kind } of schedules) assert.include(kinds, kind.name)
  }).pipe(Effect.provide(Layer.provideMerge(Services, Layer.merge(TestDatabase, TestMedia))))
)

it("what was done is remembered for longer than the rarest schedule's period", () => {
  for (const { cron, kind } of schedules) {
    const first = Cron.next(cron, new Date(Date.UTC(2026, 0, 1)))
    const period = Cron.next(cron, first).getTime() - first.getTime()
    assert.isBelow(2 * period, Duration.toMillis(doneKeptFor), kind.name)
  }
})
