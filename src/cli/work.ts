import { Effect } from "effect"
import { App } from "../layers/App.ts"
import { consumers, handlers, schedules } from "../layers/Background.ts"
import { consume } from "../layers/Consuming.ts"
import { migrateIfPending } from "../layers/Migrations.ts"
import { useScratch } from "../layers/scratch.ts"
import { work } from "../layers/Worker.ts"
import { print, printJsonLine } from "./print.ts"

/** Works until it is told to stop. */
export const workAlone = ({ json }: { readonly json?: boolean }) =>
  Effect.gen(function* () {
    yield* useScratch
    yield* migrateIfPending
    const all = yield* handlers
    const kinds = all.map(({ kind }) => kind.name).sort()
    yield* Effect.sync(() =>
      json
        ? printJsonLine({ data: { kinds } })
        : print(`Working on ${kinds.length} kinds of jobs: ${kinds.join(", ")}.`)
    )
    yield* Effect.all([work({ handlers: all, schedules, schedulesAfter: 0 }), consume(consumers)], {
      concurrency: "unbounded",
      discard: true
    })
  }).pipe(Effect.provide(App))
