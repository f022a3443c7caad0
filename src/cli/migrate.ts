import { Effect } from "effect"
import { Infrastructure } from "../layers/App.ts"
import { migrate, noneApplied, pendingOf, status as statusOfMigrations } from "../layers/Migrations.ts"
import { isMade } from "../layers/Postgres.ts"
import { Settings } from "../layers/Settings.ts"
import { print, printJson, table } from "./print.ts"
import { CommandLogging, run } from "./run.ts"

type Options = { readonly dryRun?: boolean; readonly json?: boolean }

/** Every migration, of a database that is left as it is: one that was never made is not made for the question. */
export const schemaAsItIs = Effect.flatMap(Effect.provide(isMade, Settings.layer), (made) =>
  made ? Effect.provide(statusOfMigrations, Infrastructure) : Effect.succeed(noneApplied)
)

const applied = Effect.map(migrate, (all) => all.map(([id, name]) => `${String(id).padStart(4, "0")}_${name}`))

const toApply = Effect.map(schemaAsItIs, (all) => pendingOf(all).map(({ name }) => name))

export const up = ({ dryRun, json }: Options) =>
  logged(
    Effect.gen(function* () {
      const names = yield* dryRun ? toApply : Effect.provide(applied, Infrastructure)
      if (json) return printJson({ data: dryRun ? { would_apply: names } : { applied: names } })
      if (names.length === 0) {
        const newer = (yield* schemaAsItIs).filter((one) => one.newer)
        return print(newer.length === 0 ? "The schema is up to date." : newerText(newer.length))
      }
      print(names.map((name) => `${dryRun ? "Would apply" : "Applied"} ${name}`).join("\n"))
    })
  )

const newerText = (count: number) =>
  `The schema is ahead of this version of ZST by ${count === 1 ? "1 migration" : `${count} migrations`}.`

export const status = ({ json }: Options) =>
  logged(
    Effect.map(schemaAsItIs, (all) => {
      if (json) return printJson({ data: all })
      const rows = all.map(({ name, applied_at, newer }) => [
        name,
        applied_at?.toISOString() ?? "pending",
        newer ? "of a later version" : ""
      ])
      print(table(["migration", "applied", ""], rows))
    })
  )

const logged = <E>(work: Effect.Effect<void, E>) => run(Effect.provide(work, CommandLogging))
