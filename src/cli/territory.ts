import { readFile } from "node:fs/promises"
import { parse } from "csv-parse/sync"
import { Effect, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { Audit } from "../services/audit/Audit.ts"
import { Division, type Imported, Territory } from "../services/delivery/Territory.ts"
import { CommandFailed } from "./explain.ts"
import { administer, operator, rehearse } from "./operator.ts"
import { print, printJson } from "./print.ts"

export type ImportOptions = { readonly dryRun?: boolean; readonly json?: boolean }

const columns = ["code", "name_fr", "name_ar", "valid_from", "parent"] as const

const wholeNumber = (text: string | undefined) => (text !== undefined && /^\d{1,3}$/.test(text) ? Number(text) : text)

const decodeDivision = Schema.decodeUnknownEffect(Division)

const read = Effect.fnUntraced(function* (file: string) {
  const failed = (error: unknown) =>
    new CommandFailed({ message: `${file}: ${error instanceof Error ? error.message : String(error)}.` })
  const text = yield* Effect.tryPromise({ try: () => readFile(file, "utf8"), catch: failed })
  const lines = yield* Effect.try({
    try: () =>
      parse(text, { bom: true, columns: true, info: true, skip_empty_lines: true, trim: true }) as ReadonlyArray<{
        readonly record: Readonly<Record<string, string>>
        readonly info: { readonly lines: number }
      }>,
    catch: failed
  })
  const [first] = lines
  if (first === undefined) return yield* new CommandFailed({ message: `${file} has no wilaya.` })
  const missing = columns.filter((name) => !Object.hasOwn(first.record, name))
  if (missing.length > 0) {
    return yield* new CommandFailed({ message: `${file}: its first line lacks ${missing.join(", ")}.` })
  }
  return yield* Effect.forEach(lines, ({ record, info }) =>
    decodeDivision({
      code: wholeNumber(record.code),
      name_fr: record.name_fr,
      name_ar: record.name_ar,
      valid_from: record.valid_from,
      parent: record.parent === "" ? null : wholeNumber(record.parent)
    }).pipe(
      Effect.mapError(
        (error) =>
          new CommandFailed({ message: `${file}, line ${info.lines}: ${error.message.replace(/\s*\n\s*/g, " ")}.` })
      )
    )
  )
})

const recorded = Effect.fnUntraced(function* ({ added, changed }: Imported) {
  if (added.length + changed.length === 0) return
  const audit = yield* Audit
  yield* audit.record(operator(), {
    action: "territory.import",
    subject_id: SecureRandom.uuidV7Unsafe(),
    about: null,
    before: null,
    after: { added: added.join(", "), changed: changed.join(", ") }
  })
})

export const importFile = (file: string, { dryRun = false, json }: ImportOptions) =>
  administer(
    Effect.gen(function* () {
      const territory = yield* Territory
      const sql = yield* SqlClient.SqlClient
      const divisions: ReadonlyArray<Division> = yield* read(file)
      const work = Effect.tap(territory.import(divisions), recorded).pipe(sql.withTransaction)
      const { added, changed } = yield* dryRun ? rehearse(work) : work
      if (json) return printJson({ data: dryRun ? { would_add: added, would_change: changed } : { added, changed } })
      if (added.length + changed.length === 0) return print("Every wilaya of it is there as it says.")
      if (added.length > 0) print(`${dryRun ? "Would add" : "Added"} ${added.join(", ")}.`)
      if (changed.length > 0) print(`${dryRun ? "Would change" : "Changed"} ${changed.join(", ")}.`)
      if (!dryRun) print("Servers that run take names as they were for a minute more.")
    })
  )
