import { Effect } from "effect"
import { Infrastructure } from "../layers/App.ts"
import { migrate, status as statusOfMigrations } from "../layers/Migrations.ts"
import { print, printJson, table } from "./print.ts"
import { CommandLogging, run } from "./run.ts"

type Options = { readonly dryRun?: boolean; readonly json?: boolean }

const pending = Effect.map(statusOfMigrations, (all) =>
  all.filter(({ applied_at }) => applied_at === null).map(({ name }) => name)
)

export const up = ({ dryRun, json }: Options) =>
  onDatabase(
    Effect.gen(function* () {
      const names = dryRun
        ? yield* pending
        : (yield* migrate).map(([id, name]) => `${String(id).padStart(4, "0")}_${name}`)
      if (json) return printJson({ data: dryRun ? { would_apply: names } : { applied: names } })
      if (names.length === 0) {
        const newer = (yield* statusOfMigrations).filter((one) => one.newer)
        return print(newer.length === 0 ? "The schema is up to date." : newerText(newer.length))
      }
      print(names.map((name) => `${dryRun ? "Would apply" : "Applied"} ${name}`).join("\n"))
    })
  )

const newerText = (count: number) =>
  `The schema is ahead of this version of ZST by ${count === 1 ? "1 migration" : `${count} migrations`}.`

export const status = ({ json }: Options) =>
  onDatabase(
    Effect.map(statusOfMigrations, (all) => {
      if (json) return printJson({ data: all })
      const rows = all.map(({ name, applied_at, newer }) => [
        name,
        applied_at?.toISOString() ?? "pending",
        newer ? "of a later version" : ""
      ])
      print(table(["migration", "applied", ""], rows))
    })
  )

const onDatabase = <E>(work: Effect.Effect<void, E, Effect.Services<typeof statusOfMigrations>>) =>
  run(work.pipe(Effect.provide(Infrastructure), Effect.provide(CommandLogging)))
