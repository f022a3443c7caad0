import * as fs from "node:fs"
import { resolve } from "node:path"
import { PgConnection } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { type Cluster, findOrCreateCluster, SUPERUSER } from "./embedded-postgres/cluster.ts"
import { EmbeddedPostgresError } from "./embedded-postgres/error.ts"
import { stop } from "./embedded-postgres/postmaster.ts"
import { type Connection, keepSession, LEASE, tryLock } from "./embedded-postgres/session.ts"
import { ensureRunning, HOST, type Launched, takeBack } from "./embedded-postgres/start.ts"
import { withStartLock } from "./embedded-postgres/startLock.ts"
import { aloud, onFiles, pause } from "./embedded-postgres/system.ts"

export { EmbeddedPostgresError } from "./embedded-postgres/error.ts"
export { serverLock } from "./embedded-postgres/serverLock.ts"

export interface EmbeddedPostgres {
  readonly url: Redacted.Redacted
  readonly host: string
  readonly port: number
  /** False when another process had it running. */
  readonly startedHere: boolean
}

const DATABASE = "zst"
const JOIN_LIMIT_MS = 60_000

/**
 * The PostgreSQL of a data directory, created and started when needed and shared by every process that asks for it.
 * Each holds a shared lock; whoever leaves last stops it. When it crashes under us, it is started again on its port.
 */
export const acquire = Effect.fn("EmbeddedPostgres.acquire")(function* (options: { readonly dataDir: string }) {
  const dataDir = resolve(options.dataDir)
  yield* onFiles(dataDir, () => {
    fs.mkdirSync(dataDir, { recursive: true })
    fs.accessSync(dataDir, fs.constants.W_OK)
  })
  let port: number | undefined
  const open = Effect.suspend(() => {
    const launched: Launched = {}
    const joined = join(dataDir, port, launched).pipe(Effect.onError(() => takeBack(launched)))
    return withStartLock(dataDir, joined)
  })
  const lease = yield* keepSession(open, leave)
  port = lease.port
  return {
    url: urlOf(lease),
    host: HOST,
    port: lease.port,
    startedHere: lease.startedHere
  } satisfies EmbeddedPostgres
})

interface Lease {
  readonly connection: Connection
  readonly cluster: Cluster
  readonly port: number
  readonly startedHere: boolean
}

/** PostgreSQL may stop between being found and being entered: then it is waited for and started again. */
const join = Effect.fnUntraced(function* (dataDir: string, preferredPort: number | undefined, launched: Launched) {
  const cluster = yield* findOrCreateCluster(dataDir)
  const limit = performance.now() + JOIN_LIMIT_MS
  while (true) {
    const { port, startedHere } = yield* ensureRunning(cluster, preferredPort, launched).pipe(
      aloud(
        5000,
        () =>
          `Waiting for PostgreSQL to be ready; after a crash it restores what it had written first: see ${cluster.log}.`
      )
    )
    const entered = yield* Effect.result(enter(cluster, port))
    if (entered._tag === "Success") return { connection: entered.success, cluster, port, startedHere } satisfies Lease
    const { reason } = entered.failure
    if (reason._tag === "AuthenticationError" || performance.now() > limit) {
      return yield* new EmbeddedPostgresError({ message: cannotEnter(cluster, reason) })
    }
    yield* pause(20)
  }
})

const cannotEnter = (cluster: Cluster, reason: { readonly _tag: string; readonly message?: string | undefined }) =>
  reason._tag === "AuthenticationError"
    ? `The database refuses the password in ${cluster.dataDir}/postgres.password: restore that file from where the data came from.`
    : `Cannot connect to the embedded PostgreSQL (${reason.message ?? reason._tag}): see ${cluster.log}.`

const enter = Effect.fnUntraced(function* (cluster: Cluster, port: number) {
  const connection = yield* connect(cluster, port)
  // Refused only while the last user is stopping PostgreSQL: the connection then ends, and with it this loop.
  yield* tryLock(connection, `pg_try_advisory_lock_shared${LEASE}`).pipe(
    Effect.tap((entered) => (entered ? Effect.void : pause(20))),
    Effect.repeat({ until: (entered) => entered }),
    aloud(2000, () => `Waiting for another zst process, which is stopping PostgreSQL: see ${cluster.log}.`)
  )
  const { rows } = yield* connection.query("SELECT 1 FROM pg_database WHERE datname = $1", [DATABASE])
  if (rows.length === 0) yield* connection.query(`CREATE DATABASE ${DATABASE}`, [], false)
  return connection
})

const connect = (cluster: Cluster, port: number) =>
  PgConnection.make({
    host: HOST,
    port,
    ssl: false,
    database: "postgres",
    username: SUPERUSER,
    password: cluster.password,
    applicationName: "zst lease"
  })

const leave = (lease: Lease): Effect.Effect<void> =>
  releaseLease(lease).pipe(
    // Our session broke and nobody brought it back yet; what still runs must not be left behind.
    Effect.catch(() => Effect.scoped(Effect.flatMap(connect(lease.cluster, lease.port), isAlone))),
    Effect.flatMap((alone) => (alone ? stop(lease.cluster) : Effect.void)),
    Effect.ignore
  )

const releaseLease = ({ connection }: Lease) =>
  Effect.andThen(tryLock(connection, `pg_advisory_unlock_shared${LEASE}`), isAlone(connection))

const isAlone = (connection: Connection) => tryLock(connection, `pg_try_advisory_lock${LEASE}`)

const urlOf = ({ cluster, port }: Lease): Redacted.Redacted =>
  Redacted.make(`postgresql://${SUPERUSER}:${Redacted.value(cluster.password)}@${HOST}:${port}/${DATABASE}`)

/** Deletes a data directory's database, wherever it lies. Nothing may be using it. */
export const remove = Effect.fn("EmbeddedPostgres.remove")(function* (options: { readonly dataDir: string }) {
  const dataDir = resolve(options.dataDir)
  const link = `${dataDir}/postgres`
  yield* onFiles(dataDir, () => {
    if (!fs.existsSync(link)) return
    fs.rmSync(fs.realpathSync(link), { recursive: true, force: true })
    for (const name of [
      "postgres",
      "postgres.password",
      "postgres.log",
      "postgres.log.1",
      "postgres.lock",
      "postgres.lock.pid"
    ]) {
      fs.rmSync(`${dataDir}/${name}`, { recursive: true, force: true })
    }
  })
})
