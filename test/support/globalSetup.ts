/** Real PostgreSQL for the whole run, a migrated template that every test file clones, and the production build. */
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Exit, Redacted, Scope } from "effect"
import { SqlClient } from "effect/sql"
import { build } from "rolldown"
import type { TestProject } from "vitest/node"
import config from "../../rolldown.config.ts"
import * as EmbeddedPostgres from "../../src/layers/EmbeddedPostgres.ts"
import { migrate } from "../../src/layers/Migrations.ts"
import { pool } from "../../src/layers/Postgres.ts"
import { root } from "../../src/layers/root.ts"
import { databaseUrl } from "./database.ts"

declare module "vitest" {
  interface ProvidedContext {
    /** The administrative database of the run's PostgreSQL. */
    readonly postgresUrl: string
    readonly dataDir: string
    /** The folder of the production build, whose programs start five times as fast as the sources. */
    readonly dist: string
  }
}

export const template = "zst_template"

// Within the checkout, where native packages are found.
const buildProgram = async () => {
  await mkdir(join(root, ".vitest"), { recursive: true })
  const dir = await mkdtemp(join(root, ".vitest/build-"))
  await build({ ...config, output: { dir, format: "esm" } })
  return dir
}

export default async function setup(project: TestProject) {
  const building = buildProgram()
  const dataDir = await mkdtemp(join(tmpdir(), "zst-test-"))
  // Reachable for the unprivileged user that PostgreSQL runs under as root, so that it stays where it is removed.
  await chmod(dataDir, 0o755)
  const scope = Effect.runSync(Scope.make())
  const { url } = await Effect.runPromise(Scope.provide(EmbeddedPostgres.acquire({ dataDir }), scope))
  const admin = Redacted.value(url)
  await on(
    admin,
    Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(`CREATE DATABASE ${template}`))
  )
  await on(databaseUrl(admin, template), migrate)
  // This cluster is thrown away, and no test ends it: it may keep a commit in memory. Those that do start their own.
  await on(
    admin,
    Effect.flatMap(SqlClient.SqlClient, (sql) =>
      Effect.forEach(["synchronous_commit", "wal_compression"], (setting) =>
        sql.unsafe(`ALTER ROLE CURRENT_USER SET ${setting} = off`)
      )
    )
  )
  project.provide("postgresUrl", admin)
  project.provide("dataDir", dataDir)
  const dist = await building
  project.provide("dist", dist)
  return async () => {
    await Effect.runPromise(Scope.close(scope, Exit.void))
    await Effect.runPromise(EmbeddedPostgres.remove({ dataDir }))
    for (const directory of [dataDir, dist]) await rm(directory, { recursive: true, force: true })
  }
}

const on = <A, E>(url: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
  Effect.runPromise(Effect.provide(effect, pool({ url: Redacted.make(url), maxConnections: 2 })))
