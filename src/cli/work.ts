import { Effect } from "effect"
import { App } from "../layers/App.ts"
import { handlers, schedules } from "../layers/Background.ts"
import { migrate } from "../layers/Migrations.ts"
import { work } from "../layers/Worker.ts"
import { print, printJson } from "./print.ts"

/** Works until it is told to stop. */
export const workAlone = ({ json }: { readonly json?: boolean }) =>
  Effect.gen(function* () {
    yield* migrate
    const all = yield* handlers
    const kinds = all.map(({ kind }) => kind.name).sort()
    yield* Effect.sync(() =>
      json ? printJson({ data: { kinds } }) : print(`Working on ${kinds.length} kinds of jobs: ${kinds.join(", ")}.`)
    )
    yield* work({ handlers: all, schedules, schedulesAfter: 0 })
  }).pipe(Effect.provide(App))
