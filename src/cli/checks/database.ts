import { existsSync } from "node:fs"
import { join } from "node:path"
import { Cause, Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import * as EmbeddedPostgres from "../../layers/EmbeddedPostgres.ts"
import { findBinaries } from "../../layers/embedded-postgres/binaries.ts"
import { run } from "../../layers/embedded-postgres/system.ts"
import { pool } from "../../layers/Postgres.ts"
import { findings } from "../../layers/Settings.ts"
import { databaseAddress, explainCause } from "../explain.ts"
import { type Check, ok, warning, wrong } from "./check.ts"
import { contentChecks } from "./content.ts"

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
      ...(yield* lettersCheck),
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

/** What a search forgives depends on how this database tells letters from other signs. */
export const lettersCheck = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const usable = yield* sql`SELECT WHERE to_regprocedure('show_trgm(text)') IS NOT NULL`
  if (usable.length === 0) return []
  const [row] = yield* sql<{ known: boolean }>`SELECT cardinality(show_trgm('عطر')) > 0 AND lower('É') = 'é' AS known`
  if (row?.known === true) return [ok("Search", "knows the letters of French and Arabic")]
  const remedy = "make the database with LC_CTYPE C.UTF-8: until then no typing error in Arabic is forgiven"
  return [wrong("Search", "takes Arabic letters for other signs", remedy)]
})

const versionCheck = ({ version, number }: { version: string; number: number }, where: string): Check => {
  const found = `${version.split(" ")[0]}, ${where}`
  return number >= requiredVersion * 10_000
    ? ok(name, found)
    : wrong(name, found, `ZST needs PostgreSQL ${requiredVersion}, whose uuidv7() its orders use`)
}
