import { Effect } from "effect"
import { type Check, isWrong } from "./checks/check.ts"
import { databaseChecks } from "./checks/database.ts"
import { machineChecks } from "./checks/machine.ts"
import { objectChecks } from "./checks/objects.ts"
import { settingChecks } from "./checks/settings.ts"
import { CommandFailed } from "./explain.ts"
import { print, printJson, table } from "./print.ts"
import { run } from "./run.ts"

const marks = { ok: "✓", warning: "!", wrong: "✗" } as const

/** Looks at everything even when something is wrong, and changes nothing. */
export const doctor = ({ json }: { readonly json?: boolean }) =>
  run(
    Effect.gen(function* () {
      const checks: ReadonlyArray<Check> = [
        ...(yield* machineChecks),
        ...(yield* databaseChecks),
        ...(yield* objectChecks),
        ...(yield* settingChecks)
      ]
      const wrong = checks.filter(isWrong)
      if (json) printJson({ data: { ok: wrong.length === 0, checks } })
      else print(table(["", "what", "found"], checks.map(rowOf)))
      if (wrong.length > 0) {
        const names = wrong.map(({ name }) => name).join(", ")
        return yield* new CommandFailed({ message: `Something is wrong with ${names}: see above.` })
      }
    })
  )

const rowOf = ({ name, status, found, advice }: Check) => [
  marks[status],
  name,
  advice === undefined ? found : `${found}: ${advice}`
]
