/** What is in the database, looked at as far as it is there. */
import { Cause, Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { status } from "../../layers/Migrations.ts"
import { exists, jobsTable, requireOwn } from "../../layers/ownDatabase.ts"
import { wrongProducts } from "../../services/catalog/skuSql.ts"
import { wrongStocks } from "../../services/catalog/stockSql.ts"
import { listConsumers } from "../../services/events/ConsumerRecords.ts"
import { patiently } from "../../services/patience.ts"
import { isDeclared } from "../consumers.ts"
import { explainCause } from "../explain.ts"
import { type Check, ok, warning, wrong } from "./check.ts"

/** Looked up without the layers of the queue, which would make its tables. */
const deadLetterCheck = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  if (!(yield* exists(jobsTable))) return []
  const [jobs] = yield* sql<{
    dead: number
  }>`SELECT count(*)::int AS dead FROM ${sql(jobsTable)} WHERE state = 'failed'`
  const dead = jobs?.dead ?? 0
  if (dead === 0) return [ok("Jobs", "none has failed")]
  return [warning("Jobs", `${dead} failed for good`, "see zst jobs list --failed; then zst jobs retry or drop")]
})

/** It adds up all movements that there ever were, and looks at all that products say of their skus. */
export const stockCheck = Effect.fnUntraced(function* (milliseconds = 30_000) {
  const sql = yield* SqlClient.SqlClient
  if (!(yield* exists("stock_movements"))) return []
  const counted = sql<{ count: number; products: number }>`
    SELECT (SELECT count(*)::int FROM (${sql.literal(wrongStocks)}) w) AS count,
      (SELECT count(*)::int FROM (${sql.literal(wrongProducts)}) w) AS products`.pipe(
    patiently(sql, milliseconds),
    Effect.asSome,
    Effect.catchReason("SqlError", "StatementTimeoutError", () => Effect.succeedNone)
  )
  const rows = yield* counted
  if (Option.isNone(rows)) {
    return [warning("Stock", "took too long, not looked at", "look again when the database has less to do")]
  }
  const { count = 0, products = 0 } = rows.value[0] ?? {}
  if (products > 0) {
    return [
      wrong(
        "Stock",
        `${products} products that say something else of their skus or their shop`,
        "find out who wrote them"
      )
    ]
  }
  if (count === 0) return [ok("Stock", "what there is, its movements come to")]
  return [
    wrong(
      "Stock",
      `${count} skus whose movements come to something else`,
      "count them again, and find out who wrote skus.stock"
    )
  ]
})

/** No consumer that is at work is as late. */
const mostLagSeconds = 600

const eventCheck = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  if (!(yield* exists("event_consumers"))) return []
  const consumers = yield* listConsumers(sql)
  const failing = consumers.filter(({ failures }) => failures > 0)
  if (failing.length > 0) {
    const places = failing.map(({ name, failed_event }) => `${name} fails at event ${failed_event}`).join(", ")
    const advice = failing.some(({ name }) => isDeclared(name))
      ? "see zst events status; then mend it, or zst events skip"
      : "nobody reads for it any more: zst events forget"
    return [warning("Events", places, advice)]
  }
  const late = consumers.filter(({ lag_seconds }) => lag_seconds > mostLagSeconds).map(({ name }) => name)
  if (late.length === 0) return [ok("Events", "no consumer fails or is late")]
  return [
    warning("Events", `not read for ${mostLagSeconds / 60} minutes by ${late.join(", ")}`, "see zst events status")
  ]
})

const migrationCheck = Effect.map(status, (all) => {
  const pending = all.filter(({ applied_at }) => applied_at === null)
  const newer = all.filter((one) => one.newer)
  if (newer.length > 0) {
    return [warning("Migrations", `${newer.length} of a later version`, "run the version of ZST that applied them")]
  }
  if (pending.length === 0) return [ok("Migrations", `${all.length}, up to date`)]
  const found = `${pending.length} of ${all.length} pending`
  return [warning("Migrations", found, "zst migrate up, or zst serve, applies them")]
})

/** One that fails does so for itself. */
const alone = <E, R>(name: string, check: Effect.Effect<ReadonlyArray<Check>, E, R>) =>
  Effect.catchCause(check, (cause) =>
    Cause.hasInterruptsOnly(cause)
      ? Effect.interrupt
      : Effect.succeed([wrong(name, "not looked at", explainCause(cause))])
  )

const ownChecks = Effect.map(
  Effect.all([
    alone("Migrations", migrationCheck),
    alone("Jobs", deadLetterCheck),
    alone("Stock", stockCheck()),
    alone("Events", eventCheck)
  ]),
  (checks) => checks.flat()
)

/** In somebody else's database our names may mean anything. */
export const contentChecks = requireOwn.pipe(
  Effect.andThen(ownChecks),
  Effect.catchTag("ForeignDatabase", ({ message }) => Effect.succeed([wrong("Migrations", "not ours", message)])),
  (checks) => alone("Migrations", checks)
)
