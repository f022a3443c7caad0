import { Duration, Effect, Option, Schema, SchemaIssue } from "effect"
import { SecureRandom } from "effect/crypto"
import { handlers } from "../layers/Background.ts"
import { type JobRecord, JobRecords } from "../services/jobs/JobRecords.ts"
import type { JobKind } from "../services/jobs/Jobs.ts"
import { thousands } from "../services/text.ts"
import { CommandFailed } from "./explain.ts"
import { administer, lines } from "./operator.ts"
import { failureLine, print, printJson, table } from "./print.ts"

export type ListOptions = {
  readonly failed?: boolean
  readonly kind?: string
  readonly limit: number
  readonly json?: boolean
}
export type WriteOptions = { readonly dryRun?: boolean; readonly json?: boolean }
export type RetryOptions = WriteOptions & { readonly allFailed?: boolean; readonly kind?: string }
export type RunOptions = WriteOptions & { readonly payload: string }

const jobsText = (count: number) => (count === 1 ? "1 job" : `${thousands(count)} jobs`)

const whenOf = ({ state, due_at, updated_at }: JobRecord) =>
  state === "delayed" || state === "waiting" ? `due ${shortTime(due_at)}` : `since ${shortTime(updated_at)}`

const shortTime = (time: Date) => time.toISOString().slice(0, 19).replace("T", " ")

const nameOf = ({ number, kind, id }: JobRecord) => `${kind} ${number} (${id})`

export const list = ({ failed, kind, limit, json }: ListOptions) =>
  administer(
    Effect.gen(function* () {
      const records = yield* JobRecords
      const found = yield* records.list({ limit, kind, ...(failed && { state: "failed" }) })
      if (json) return printJson({ data: found })
      const ofKind = kind === undefined ? "" : ` of the kind ${kind}`
      if (found.length === 0) return print(`No job${ofKind} ${failed ? "has failed for good" : "waits or has failed"}.`)
      const rows = found.map((job) => [
        String(job.number),
        job.kind,
        job.state,
        String(job.attempts),
        whenOf(job),
        job.id,
        failureLine(job.failure)
      ])
      print(table(["no", "kind", "state", "tries", "when (UTC)", "id", "failure"], rows))
      if (found.length === limit) print(`The first ${thousands(limit)}; see more with --limit.`)
    })
  )

/** The one job that is meant. */
const find = Effect.fnUntraced(function* (which: string) {
  const records = yield* JobRecords
  const byNumber = /^\d{1,15}$/.test(which) ? yield* records.get(Number(which)) : Option.none<JobRecord>()
  if (Option.isSome(byNumber)) return byNumber.value
  const found = yield* records.named(which)
  const [job] = found
  if (job === undefined) {
    return yield* new CommandFailed({ message: `There is no job "${which}": see zst jobs list.` })
  }
  if (found.length > 1) {
    const numbers = found.map(({ number, kind }) => `${number} (${kind})`).join(", ")
    return yield* new CommandFailed({ message: `"${which}" are several jobs: give the number of one, ${numbers}.` })
  }
  return job
})

export const show = (which: string, { json }: { readonly json?: boolean }) =>
  administer(
    Effect.gen(function* () {
      const job = yield* find(which)
      if (json) return printJson({ data: job })
      print(
        lines([
          ["number", String(job.number)],
          ["kind", job.kind],
          ["id", job.id],
          ["state", job.state],
          ["tries", String(job.attempts)],
          ["due", job.due_at.toISOString()],
          ["since", job.created_at.toISOString()],
          ["changed", job.updated_at.toISOString()],
          ["payload", job.payload],
          ["failure", job.failure]
        ])
      )
    })
  )

/** Changes one job if it is in a state for it, which it may have left by the time of the write. */
const change = (
  which: string,
  { dryRun, json }: WriteOptions,
  may: (job: JobRecord) => boolean,
  write: (number: number) => Effect.Effect<boolean, never, JobRecords>,
  words: { readonly would: string; readonly did: string; readonly cannot: (job: JobRecord) => string }
) =>
  administer(
    Effect.gen(function* () {
      const job = yield* find(which)
      const refusalOf = (found: JobRecord) =>
        new CommandFailed({ message: `${nameOf(found)} is ${found.state}: ${words.cannot(found)}.` })
      if (!may(job)) return yield* refusalOf(job)
      if (dryRun) return json ? printJson({ data: { would_be: job } }) : print(`${words.would} ${nameOf(job)}.`)
      // Somebody was before it: it is no longer what it was.
      if (!(yield* write(job.number))) return yield* refusalOf(yield* find(which))
      if (json) return printJson({ data: { number: job.number, kind: job.kind, id: job.id } })
      print(`${nameOf(job)} ${words.did}.`)
    })
  )

export const retry = (which: string, options: RetryOptions) =>
  change(
    which,
    options,
    ({ state, attempts }) => state === "failed" || (state === "delayed" && attempts > 0),
    (number) => JobRecords.use((records) => records.retry(number)),
    {
      would: "Would try again",
      did: "is due now",
      cannot: ({ state, attempts, due_at }) =>
        state === "delayed" && attempts === 0
          ? `it was not tried yet, and is not to be before ${shortTime(due_at)} (UTC)`
          : "only what has failed is tried again"
    }
  )

export const retryFailed = ({ kind, dryRun, json }: RetryOptions) =>
  administer(
    Effect.gen(function* () {
      const records = yield* JobRecords
      if (dryRun) {
        const backlog = (yield* records.backlog).filter((each) => kind === undefined || each.kind === kind)
        const count = backlog.reduce((sum, { failed }) => sum + failed, 0)
        return json ? printJson({ data: { would_retry: count } }) : print(`Would try ${jobsText(count)} again.`)
      }
      const count = yield* records.retryFailed(kind)
      if (json) return printJson({ data: { retried: count } })
      print(count === 0 ? "No job has failed for good." : `${jobsText(count)} ${count === 1 ? "is" : "are"} due now.`)
    })
  )

export const drop = (which: string, options: WriteOptions) =>
  change(
    which,
    options,
    ({ state }) => state !== "running",
    (number) => JobRecords.use((records) => records.drop(number)),
    { would: "Would drop", did: "is dropped", cannot: () => "wait until it has ended" }
  )

const format = SchemaIssue.makeFormatterStandardSchemaV1()

const payloadOf = ({ payload: schema }: JobKind, text: string) =>
  Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.toCodecJson(schema)))(text).pipe(
    Effect.mapError(({ issue }) => {
      const [first] = format(issue).issues
      const field = (first?.path ?? []).map(String).join(".")
      const message = `The payload does not fit${field === "" ? "" : `, ${field}`}: ${first?.message ?? "not valid"}.`
      return new CommandFailed({ message })
    })
  )

export const runKind = (name: string, { payload: text, dryRun, json }: RunOptions) =>
  administer(
    Effect.gen(function* () {
      const all = yield* handlers
      const handler = all.find(({ kind }) => kind.name === name)
      if (handler === undefined) {
        const kinds = all.map(({ kind }) => kind.name).sort()
        return yield* new CommandFailed({ message: `There is no kind "${name}"; there are ${kinds.join(", ")}.` })
      }
      const payload = yield* payloadOf(handler.kind, text)
      if (dryRun) return json ? printJson({ data: { would_run: name, payload } }) : print(`Would run ${name}.`)
      const attempt = { id: `by-hand/${SecureRandom.uuidV7Unsafe()}`, attempts: 1 }
      const [took] = yield* Effect.timed(Effect.timeout(handler.run(payload, attempt), handler.kind.timeLimit))
      if (json) return printJson({ data: { ran: name, milliseconds: Math.round(Duration.toMillis(took)) } })
      print(`${name} is done, in ${(Duration.toMillis(took) / 1000).toFixed(1)} s.`)
    })
  )
