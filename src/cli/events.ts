import { Effect, Option } from "effect"
import { type ConsumerRecord, ConsumerRecords, type LogRecord } from "../services/events/ConsumerRecords.ts"
import { thousands } from "../services/text.ts"
import { isDeclared } from "./consumers.ts"
import { CommandFailed } from "./explain.ts"
import { administer, lines, operator, rehearse } from "./operator.ts"
import { failureLine, print, printJson, table } from "./print.ts"

export type WriteOptions = { readonly dryRun?: boolean; readonly json?: boolean }
export type RewindOptions = WriteOptions & { readonly to: Date | "begin" }

const eventsText = (count: number) => (count === 1 ? "1 event" : `${thousands(count)} events`)

const stateOf = ({ name, failures, behind }: ConsumerRecord) => {
  if (!isDeclared(name)) return "not there"
  if (failures > 0) return "failing"
  return behind > 0 ? "behind" : "even"
}

const failureOf = ({ failures, failed_event, failure, retry_at }: ConsumerRecord) =>
  failed_event === null
    ? ""
    : `event ${failed_event}, ${failures} times, again ${retry_at?.toISOString().slice(11, 19)}: ${failureLine(failure)}`

const logText = ({ first, since, last, horizon }: LogRecord) => {
  if (first === null || since === null) return "The log is empty."
  const kept = `Events ${thousands(first)} to ${thousands(last)} are kept, since ${since.toISOString().slice(0, 16)}Z.`
  return horizon < last ? `${kept} Those after ${thousands(horizon)} wait for a transaction to end.` : kept
}

export const status = ({ json }: { readonly json?: boolean }) =>
  administer(
    Effect.gen(function* () {
      const records = yield* ConsumerRecords
      const all = (yield* records.list).map((record) => ({ ...record, state: stateOf(record) }))
      const log = yield* records.log
      if (json) return printJson({ data: { log, consumers: all } })
      const rows = all.map((record) => [
        record.name,
        record.state,
        thousands(record.behind),
        `${thousands(Math.round(record.lag_seconds))} s`,
        thousands(record.position),
        failureOf(record)
      ])
      print(
        rows.length === 0
          ? "Nobody consumes events."
          : table(["consumer", "state", "behind", "lag", "at", "failure"], rows)
      )
      print(logText(log))
    })
  )

const find = Effect.fnUntraced(function* (name: string) {
  const records = yield* ConsumerRecords
  const record = (yield* records.list).find((each) => each.name === name)
  return record ?? (yield* new CommandFailed({ message: `There is no consumer "${name}": see zst events status.` }))
})

const eventOf = Effect.fnUntraced(function* (id: number) {
  const records = yield* ConsumerRecords
  const event = Number.isSafeInteger(id) ? yield* records.event(id) : Option.none()
  return yield* Effect.mapError(
    Effect.fromOption(event),
    () =>
      new CommandFailed({
        message: Number.isNaN(id)
          ? "An event's id is a number, such as 42."
          : `There is no event ${id}; zst events status says which are kept.`
      })
  )
})

export const show = (which: string, { json }: { readonly json?: boolean }) =>
  administer(
    Effect.gen(function* () {
      const event = yield* eventOf(/^\d{1,16}$/.test(which) ? Number(which) : Number.NaN)
      if (json) return printJson({ data: event })
      print(
        lines([
          ["number", String(event.id)],
          ["type", event.type],
          ["entity", event.entity],
          ["time", event.created_at.toISOString()],
          ["payload", JSON.stringify(event.payload)]
        ])
      )
    })
  )

export const skip = (name: string, { dryRun, json }: WriteOptions) =>
  administer(
    Effect.gen(function* () {
      const records = yield* ConsumerRecords
      const { failed_event: event } = yield* find(name)
      const refused = new CommandFailed({ message: `${name} fails at no event: there is nothing to step over.` })
      if (event === null) return yield* refused
      if (dryRun) {
        return json ? printJson({ data: { would_skip: event } }) : print(`${name} would step over event ${event}.`)
      }
      if (!(yield* records.skip(operator(), name, event))) return yield* refused
      if (json) return printJson({ data: { consumer: name, skipped: event } })
      print(`${name} steps over event ${event} and goes on.`)
    })
  )

export const rewind = (name: string, { to, dryRun, json }: RewindOptions) =>
  administer(
    Effect.gen(function* () {
      const records = yield* ConsumerRecords
      yield* find(name)
      const since = to === "begin" ? "" : ` since ${to.toISOString()}`
      const refused = new CommandFailed({ message: `${name} has read no event${since} that is kept: it stays.` })
      const rewound = records.rewind(operator(), name, to).pipe(
        Effect.flatMap(Effect.fromOption),
        Effect.mapError(() => refused),
        Effect.andThen(find(name))
      )
      const { position, behind } = yield* dryRun ? rehearse(rewound) : rewound
      if (json) return printJson({ data: { consumer: name, position, behind, ...(dryRun && { dry_run: true }) } })
      const goes = dryRun ? "would go back to" : "goes back to"
      print(`${name} ${goes} event ${thousands(position + 1)}: ${eventsText(behind)} to read.`)
    })
  )

export const forget = (name: string, { dryRun, json }: WriteOptions) =>
  administer(
    Effect.gen(function* () {
      const records = yield* ConsumerRecords
      const { position } = yield* find(name)
      if (isDeclared(name)) {
        return yield* new CommandFailed({ message: `${name} is at work: to begin anew, see zst events rewind.` })
      }
      const forgets = records.forget(operator(), name)
      if (!(yield* dryRun ? rehearse(forgets) : forgets)) {
        return yield* new CommandFailed({ message: `A process of another version reads for ${name}: stop that first.` })
      }
      if (dryRun) return json ? printJson({ data: { would_forget: name } }) : print(`${name} would be forgotten.`)
      if (json) return printJson({ data: { forgotten: name, position } })
      print(`${name} is forgotten; it had read up to event ${thousands(position)}.`)
    })
  )
