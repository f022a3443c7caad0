/** What the commands that administer people share: who acts, whom they mean, how it is told. */
import { userInfo } from "node:os"
import { Data, Effect, type Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { CurrentApp } from "../layers/App.ts"
import { noneApplied, requireCurrent } from "../layers/Migrations.ts"
import { isMade } from "../layers/Postgres.ts"
import { Settings } from "../layers/Settings.ts"
import { Accounts } from "../services/accounts/Accounts.ts"
import { Account } from "../services/accounts/model.ts"
import type { Author } from "../services/audit/model.ts"
import { ValidationFailed } from "../services/errors.ts"
import { mostPatience, Patience } from "../services/patience.ts"
import { Rehearsal } from "../services/rehearsal.ts"
import { CommandFailed } from "./explain.ts"
import { CommandLogging, run } from "./run.ts"

/** The system's user, as the audit log names them. */
export const operator = (): Author => ({ id: null, name: `operator ${userInfo().username}` })

/** Runs work on the schema of this version, and on no other. A field at fault is one line. */
export const administer = <E>(work: Effect.Effect<void, E, Layer.Success<typeof CurrentApp>>) =>
  run(
    work.pipe(
      Effect.mapError((error) => (error instanceof ValidationFailed ? asOneLine(error) : error)),
      // Who closes a shop takes all of it off sale, and who looks through the log may look through all of it.
      Effect.provideService(Patience, mostPatience),
      Effect.provide(CurrentApp),
      unlessUnmade,
      Effect.provide(CommandLogging)
    )
  )

/** To ask something of a database that was never made is no reason to make it. */
const unlessUnmade = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  Effect.provide(isMade, Settings.layer).pipe(
    Effect.flatMap((made) => (made ? Effect.void : requireCurrent(noneApplied))),
    Effect.andThen(work)
  )

const asOneLine = ({ details }: ValidationFailed) =>
  new CommandFailed({ message: details.map(({ field, message }) => `${field}: ${message}.`).join(" ") })

class Rehearsed<A> extends Data.TaggedError("Rehearsed")<{ readonly value: A }> {}

/** Does all of it, and takes it back: a dry run refuses what the real one would refuse. */
export const rehearse = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const rehearsed = yield* Effect.flip(
      sql.withTransaction(Effect.flatMap(work, (value) => Effect.fail(new Rehearsed({ value }))))
    ).pipe(Effect.provideService(Rehearsal, true))
    return rehearsed instanceof Rehearsed ? (rehearsed.value as A) : yield* Effect.fail(rehearsed)
  })

const decodeAccount = Schema.decodeEffect(Schema.fromJsonString(Account))

export const accountOf = Effect.fnUntraced(function* (id: string) {
  const accounts = yield* Accounts
  return yield* Effect.orDie(Effect.flatMap(accounts.get(id), decodeAccount))
})

/** The one user that is meant; none or several is an error that says how to go on. */
export const find = Effect.fnUntraced(function* (who: string) {
  const accounts = yield* Accounts
  const { ids, claimants } = yield* accounts.resolve(who)
  const [id] = ids
  if (claimants.length > 0) {
    return yield* new CommandFailed({
      message: `"${who}" is claimed by ${claimants.join(", ")} but not confirmed by Clerk: use the id.`
    })
  }
  if (id === undefined) {
    const ways = "an id, Clerk id, confirmed e-mail address or phone number, or shop address"
    return yield* new CommandFailed({
      message: `Nobody is known as "${who}": give ${ways}, or look with zst users list --search.`
    })
  }
  if (ids.length > 1) {
    return yield* new CommandFailed({ message: `"${who}" are several users (${ids.join(", ")}): give the id of one.` })
  }
  return yield* accountOf(id)
})

export const nameOf = ({ full_name, email, phone, clerk_id }: Account) => full_name ?? email ?? phone ?? clerk_id

/** Role and what qualifies it, `seller (grossiste)`. */
export const roleOf = ({ role, seller_category }: Account) =>
  seller_category === null ? role : `${role} (${seller_category})`

export const standingOf = ({ status, shop, delete_after }: Account) =>
  [
    status,
    ...(shop?.status === "suspended" ? ["shop suspended"] : []),
    ...(delete_after === null || status === "deleted" ? [] : [`leaves ${delete_after.slice(0, 10)}`])
  ].join(", ")

/** A record as lines, `name  value`. */
export const lines = (fields: ReadonlyArray<readonly [string, string | null | undefined]>) => {
  const shown = fields.filter(([, value]) => value != null && value !== "")
  const width = Math.max(...shown.map(([name]) => name.length))
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n")
}
