import { isUtf8 } from "node:buffer"
import { readFile } from "node:fs/promises"
import { parse } from "csv-parse/sync"
import { Effect, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { Audit } from "../services/audit/Audit.ts"
import { type Change, Division, Territory } from "../services/delivery/Territory.ts"
import { CommandFailed } from "./explain.ts"
import { administer, operator, rehearse } from "./operator.ts"
import { print, printJson } from "./print.ts"

export type ImportOptions = { readonly dryRun?: boolean; readonly json?: boolean }

const columns = ["code", "name_fr", "name_ar", "valid_from", "parent"] as const

/** What programs write for a letter that they could not read. */
const lost = "\uFFFD"

const headerOf = (names: ReadonlyArray<string>) => {
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) throw new Error(`its first line names ${twice} twice`)
  return [...names]
}

const wholeNumber = (text: string | undefined) => (text !== undefined && /^\d{1,3}$/.test(text) ? Number(text) : text)

const decodeDivision = Schema.decodeUnknownEffect(Division)

const read = Effect.fnUntraced(function* (file: string) {
  const failed = (error: unknown) =>
    new CommandFailed({ message: `${file}: ${error instanceof Error ? error.message : String(error)}.` })
  const bytes = yield* Effect.tryPromise({ try: () => readFile(file), catch: failed })
  const text = bytes.toString()
  if (!isUtf8(bytes) || text.includes(lost)) {
    return yield* new CommandFailed({ message: `${file} holds letters that are no UTF-8: save it as "CSV UTF-8".` })
  }
  const lines = yield* Effect.try({
    try: () =>
      parse(text, { bom: true, columns: headerOf, info: true, skip_empty_lines: true, trim: true }) as ReadonlyArray<{
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

const byCode = (entries: ReadonlyArray<readonly [number, unknown]>) =>
  entries.length === 0 ? null : Object.fromEntries(entries)

const recorded = Effect.fnUntraced(function* (changes: ReadonlyArray<Change>) {
  if (changes.length === 0) return
  const audit = yield* Audit
  const changed = changes.map(({ code, before, after }) => {
    const names = Object.keys(after).filter((name) => before?.[name] !== after[name])
    const pick = (values: Change["after"]) => Object.fromEntries(names.map((name) => [name, values[name]]))
    return { code, before: before && pick(before), after: pick(after) }
  })
  yield* audit.record(operator(), {
    action: "territory.import",
    subject_id: SecureRandom.uuidV7Unsafe(),
    about: null,
    before: byCode(changed.flatMap(({ code, before }) => (before === null ? [] : [[code, before] as const]))),
    after: byCode(changed.map(({ code, after }) => [code, after]))
  })
})

export const importFile = (file: string, { dryRun = false, json }: ImportOptions) =>
  administer(
    Effect.gen(function* () {
      const territory = yield* Territory
      const sql = yield* SqlClient.SqlClient
      const divisions: ReadonlyArray<Division> = yield* read(file)
      const work = Effect.tap(territory.import(divisions), recorded).pipe(sql.withTransaction)
      const changes = yield* dryRun ? rehearse(work) : work
      const codes = (isNew: boolean) =>
        changes.filter(({ before }) => (before === null) === isNew).map(({ code }) => code)
      const [added, changed] = [codes(true), codes(false)]
      if (json) return printJson({ data: dryRun ? { would_add: added, would_change: changed } : { added, changed } })
      if (added.length + changed.length === 0) return print("Every wilaya of it is there as it says.")
      if (added.length > 0) print(`${dryRun ? "Would add" : "Added"} ${added.join(", ")}.`)
      if (changed.length > 0) print(`${dryRun ? "Would change" : "Changed"} ${changed.join(", ")}.`)
      if (!dryRun) print("Servers that run take names as they were for a minute more.")
    })
  )
