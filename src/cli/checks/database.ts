import { existsSync } from "node:fs"
import { join } from "node:path"
import { Cause, Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import * as EmbeddedPostgres from "../../layers/EmbeddedPostgres.ts"
import { findBinaries } from "../../layers/embedded-postgres/binaries.ts"
import { run } from "../../layers/embedded-postgres/system.ts"
import { status } from "../../layers/Migrations.ts"
import { jobsTable } from "../../layers/ownDatabase.ts"
import { pool } from "../../layers/Postgres.ts"
import { findings } from "../../layers/Settings.ts"
import { wrongStocks } from "../../services/catalog/stockSql.ts"
import { listConsumers } from "../../services/events/ConsumerRecords.ts"
import { isDeclared } from "../consumers.ts"
import { databaseAddress, explainCause } from "../explain.ts"
import { type Check, ok, warning, wrong } from "./check.ts"

const requiredVersion = 18
const clockToleranceMs = 2000

const name = "PostgreSQL"

/** The database that the settings name, started if need be; one that was never made is left unmade. */
export const databaseChecks = Effect.gen(function* () {
  const found = new Map((yield* findings).map((finding) => [finding.key, finding]))
  const url = found.get("databaseUrl")
  if (url?.problem !== undefined) return [wrong(name, "not looked for", "mend DATABASE_URL first")]
  if (Redacted.isRedacted(url?.value)) return yield* inspect(url.value as Redacted.Redacted, databaseAddress())
  const dataDir = found.get("dataDir")?.value
  return typeof dataDir === "string" ? yield* embedded(dataDir) : []
})

const embedded = Effect.fnUntraced(function* (dataDir: string) {
  const programs = yield* Effect.result(findBinaries(undefined))
  if (programs._tag === "Failure") return [wrong(name, "not installed", programs.failure.message)]
  if (!existsSync(join(dataDir, "postgres"))) {
    const { output } = yield* run(programs.success.postgres, ["--version"])
    return [ok(name, `${/[\d.]+/.exec(output)?.[0] ?? "embedded"}, embedded; its data are made at the first start`)]
  }
  return yield* EmbeddedPostgres.acquire({ dataDir }).pipe(
    Effect.flatMap(({ url }) => inspect(url, "embedded")),
    Effect.catch((error) => Effect.succeed([wrong(name, "does not start", error.message)])),
    Effect.scoped
  )
})

const inspect = (url: Redacted.Redacted, where: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [server] = yield* sql<{ version: string; number: number; trgm: boolean; now: Date }>`
      SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
        EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') AS trgm, clock_timestamp() AS now`
    if (server === undefined) return []
    const behind = Math.abs(server.now.getTime() - Date.now())
    return [
      versionCheck(server, where),
      server.trgm
        ? ok("pg_trgm", "available")
        : wrong("pg_trgm", "missing", "install postgresql-contrib on the database server"),
      ...(behind > clockToleranceMs
        ? [warning("Database clock", `${(behind / 1000).toFixed(1)} s off`, "set the clocks of both machines with NTP")]
        : []),
      ...(yield* contentChecks)
    ]
  }).pipe(
    Effect.provide(pool({ url, maxConnections: 2 })),
    Effect.scoped,
    Effect.catchCause((cause) =>
      Cause.hasInterruptsOnly(cause)
        ? Effect.interrupt
        : Effect.succeed([wrong(name, `not reached at ${where}`, explainCause(cause))])
    )
  )

const versionCheck = ({ version, number }: { version: string; number: number }, where: string): Check => {
  const found = `${version.split(" ")[0]}, ${where}`
  return number >= requiredVersion * 10_000
    ? ok(name, found)
    : wrong(name, found, `ZST needs PostgreSQL ${requiredVersion}, whose uuidv7() its orders use`)
}

/** Looked up without the layers of the queue, which would make its tables. */
const deadLetterCheck = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [table] = yield* sql<{ found: boolean }>`SELECT to_regclass(${jobsTable}) IS NOT NULL AS found`
  if (!table?.found) return []
  const [jobs] = yield* sql<{
    dead: number
  }>`SELECT count(*)::int AS dead FROM ${sql(jobsTable)} WHERE state = 'failed'`
  const dead = jobs?.dead ?? 0
  if (dead === 0) return [ok("Jobs", "none has failed")]
  return [warning("Jobs", `${dead} failed for good`, "see zst jobs list --failed; then zst jobs retry or drop")]
})

const stockCheck = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [table] = yield* sql<{ found: boolean }>`SELECT to_regclass('stock_movements') IS NOT NULL AS found`
  if (!table?.found) return []
  const [row] = yield* sql<{ count: number }>`SELECT count(*)::int AS count FROM (${sql.literal(wrongStocks)}) w`
  const count = row?.count ?? 0
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
  const [table] = yield* sql<{ found: boolean }>`SELECT to_regclass('event_consumers') IS NOT NULL AS found`
  if (!table?.found) return []
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

const contentChecks = Effect.gen(function* () {
  return [yield* migrationCheck, ...(yield* deadLetterCheck), ...(yield* stockCheck), ...(yield* eventCheck)]
}).pipe(Effect.catchTag("ForeignDatabase", ({ message }) => Effect.succeed([wrong("Migrations", "not ours", message)])))

const migrationCheck = Effect.map(status, (all) => {
  const pending = all.filter(({ applied_at }) => applied_at === null)
  const newer = all.filter((one) => one.newer)
  if (newer.length > 0) {
    return warning("Migrations", `${newer.length} of a later version`, "run the version of ZST that applied them")
  }
  return pending.length === 0
    ? ok("Migrations", `${all.length}, up to date`)
    : warning("Migrations", `${pending.length} of ${all.length} pending`, "zst migrate up, or zst serve, applies them")
})
