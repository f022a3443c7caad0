/**
 * One client over six pools. What only reads shares connections, which PostgreSQL holds to that; lists share others, so
 * that nobody waits for them who asks for one thing by its name, and steady ones others again, which plan nothing twice;
 * searches, which may take long, have some too, where whoever leaves ends them; whatever may wait for a row, and every
 * transaction, has one of its own, so that nobody waits behind it; and so has what may take longer than a request.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { PgClient, PgPool, PgTypes } from "@effect/sql-pg"
import { Context, Duration, Effect, Layer, Option, type Redacted, Result } from "effect"
import { Reactivity } from "effect/reactivity"
import { SqlClient, type SqlConnection, SqlError } from "effect/sql"
import { ofCaller, ofList, ofSteadyList } from "../services/connections.ts"
import { longPatience, mostPatience, Patience, usualPatience } from "../services/patience.ts"
import { Reachable } from "../services/Reachable.ts"
import * as EmbeddedPostgres from "./EmbeddedPostgres.ts"
import { OnlyReading } from "./OnlyReading.ts"
import { lending } from "./postgres/lending.ts"
import { onlyReads } from "./postgres/onlyReads.ts"
import { sessionOf, sessionOn } from "./postgres/session.ts"
import { socketsTo } from "./postgres/sockets.ts"
import { unlessElsewhere } from "./postgres/TransactionsOn.ts"
import { Settings } from "./Settings.ts"

/** Where this process's database is, and whether ZST runs it. */
export class Database extends Context.Service<
  Database,
  { readonly url: Redacted.Redacted; readonly embedded: boolean }
>()("zst/Database") {
  static readonly layer = Layer.effect(
    Database,
    Effect.gen(function* () {
      const { databaseUrl, dataDir } = yield* Settings
      if (databaseUrl !== undefined) return { url: databaseUrl, embedded: false }
      const { url } = yield* EmbeddedPostgres.acquire({ dataDir })
      return { url, embedded: true }
    })
  )
}

/** Whether there is one to connect to: the embedded one is made when something first needs it. */
export const isMade = Effect.map(
  Settings,
  ({ databaseUrl, dataDir }) => databaseUrl !== undefined || existsSync(join(dataDir, "postgres"))
)

/** How to connect for statements that may take so long, for who needs connections that requests do not use. */
export class Connecting extends Context.Service<Connecting, (longest: Duration.Duration) => PgPool.Config>()(
  "zst/Connecting"
) {}

// bigint columns hold centimes and counts, all far below 2^53.
const types = PgTypes.makeRegistry()
const int8 = 20
types.register(int8, {
  encode: (value: number) => {
    const bytes = new Uint8Array(8)
    new DataView(bytes.buffer).setBigInt64(0, BigInt(value))
    return Result.succeed(bytes)
  },
  decode: (bytes: Uint8Array) => Result.succeed(Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigInt64(0)))
})

/** Where the driver asks for it, those of `asBytes`, as they were received: nothing overwrites them. */
const bpchar = 1042
types.register(bpchar, {
  encode: (value: Uint8Array) => Result.succeed(value),
  decode: (bytes: Uint8Array) => Result.succeed(bytes)
})

/**
 * No statement of a request may hold a connection for longer than five seconds, and none waits for a row for longer than
 * half of what others wait for a connection.
 */
const startupParameters = {
  timezone: "UTC",
  standard_conforming_strings: "on",
  statement_timeout: "5s",
  lock_timeout: "1s",
  idle_in_transaction_session_timeout: "10s"
}

/** Milliseconds that what only reads waits for a table, which a migration alone locks: it keeps nobody waiting who needs another. */
export const readersWait = 100

const readingParameters = {
  ...startupParameters,
  default_transaction_read_only: "on",
  lock_timeout: `${readersWait}ms`
}

/** A page is read before other processes of PostgreSQL have begun to help with it. */
const pagingParameters = { ...readingParameters, max_parallel_workers_per_gather: "0" }

/** Some values leave most rows and some nearly none: after five plans PostgreSQL would make one for all. */
const listingParameters = { ...pagingParameters, plan_cache_mode: "force_custom_plan" }

/** Of how many rows are asked for such a plan knows nothing, and would take them for a tenth of the table. */
const steadyParameters = {
  ...pagingParameters,
  plan_cache_mode: "force_generic_plan",
  enable_seqscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off"
}

/** What is looked for has an index; a guess of how much is found is no reason to read a whole table. */
const searchingParameters = {
  ...readingParameters,
  enable_seqscan: "off",
  // From how much likeness on a word may have been meant that was not typed right (services/catalog/productSql.ts).
  "pg_trgm.similarity_threshold": "0.3"
}

/**
 * A connection plans once what it is asked again and again, its checks of what rows refer to among it: planned while a
 * shop is new, each would read the whole of a table that has grown since.
 */
const planningOnce = { enable_seqscan: "off" }

/** PostgreSQL ends a statement itself that takes too long: it is waited for a little longer than that. */
const margin = Duration.seconds(2)

const connecting = (url: Redacted.Redacted, onlyReading: boolean) =>
  Connecting.of((longest) => ({
    url,
    stream: socketsTo(url, Duration.sum(longest, margin)),
    connectTimeout: "5 seconds",
    idleTimeout: "1 minute",
    applicationName: `zst, process ${process.pid}`,
    types,
    startupParameters: onlyReading ? { ...startupParameters, default_transaction_read_only: "on" } : startupParameters
  }))

/**
 * So many statements share a connection at most: more would queue behind one backend, fewer would make a round trip of
 * every statement.
 */
const sharedBy = 8

/** Of each kind of what may take longer than a request. */
export const patientConnections = 8

/** So many more connections there may be while those there are only wait for somebody's row. */
const mostWaiting = 25

/** How many statements of each kind go on at once. */
export const divided = (connections: number) => {
  const part = (of: number) => Math.max(1, Math.floor(connections * of))
  const [callers, readers, steady, lists, searches] = [1, part(0.12), part(0.17), part(0.12), part(0.17)]
  const writers = Math.max(1, connections - callers - readers - steady - lists - searches)
  return { callers, readers, steady, lists, searches, writers }
}

const makeClient = Effect.fnUntraced(function* (maxConnections: number) {
  const configOf = yield* Connecting
  const config = configOf(usualPatience)
  const { callers, readers, steady, lists, searches, writers } = divided(maxConnections)
  const sharing = {
    ...config,
    multiplex: true,
    multiplexConcurrency: sharedBy,
    startupParameters: { ...readingParameters, ...planningOnce }
  }
  const readersPool = yield* PgPool.make({ ...sharing, maxConnections: readers, minConnections: 1 })
  const callersPool = yield* PgPool.make({ ...sharing, maxConnections: callers })
  const steadyPool = yield* PgPool.make({ ...sharing, maxConnections: steady, startupParameters: steadyParameters })
  const listsPool = yield* PgPool.make({ ...sharing, maxConnections: lists, startupParameters: listingParameters })
  const searchesPool = yield* PgPool.make({
    ...config,
    maxConnections: searches,
    startupParameters: searchingParameters
  })
  const writersPool = yield* PgPool.make({
    ...config,
    maxConnections: writers + mostWaiting,
    startupParameters: { ...config.startupParameters, ...planningOnce }
  })
  const slowly = (patience: Duration.Duration) => {
    const its = { ...config.startupParameters, statement_timeout: `${Duration.toMillis(patience)}ms` }
    const slow = PgPool.make({ ...configOf(patience), startupParameters: its, maxConnections: patientConnections })
    return Effect.map(slow, (pool) => lending(pool, { most: patientConnections }))
  }
  // A connection is given up once it was silent for as long as any of its transactions may be, their COMMIT too.
  const [patient, mostPatient] = [yield* slowly(longPatience), yield* slowly(mostPatience)]
  const shared = lending(readersPool, { most: readers * sharedBy })
  const calling = lending(callersPool, { most: callers * sharedBy })
  const listingSteadily = lending(steadyPool, { most: steady * sharedBy })
  const listing = lending(listsPool, { most: lists * sharedBy })
  const searching = lending(searchesPool, { most: searches })
  const own = lending(writersPool, { most: writers, ceiling: writers + mostWaiting })
  const session = sessionOf(({ text, prepare }, run) => {
    // PostgreSQL holds lists to it in any case, and to look their long texts up costs more than all else that is done here.
    if (text.startsWith(ofSteadyList)) return listingSteadily.useToTheEnd(run)
    const isList = text.startsWith(ofList)
    if (!isList && !onlyReads(text)) return own.use(run)
    if (!prepare) return searching.use(run)
    const its = isList ? listing : text.startsWith(ofCaller) ? calling : shared
    return its.useToTheEnd(run)
  })
  const reserve = Effect.flatMap(Patience, (patience) => {
    if (!Duration.isGreaterThan(patience, usualPatience)) return own.reserve
    return Duration.isGreaterThan(patience, longPatience) ? mostPatient.reserve : patient.reserve
  })
  return yield* SqlClient.make({
    driver: "postgresql",
    acquirer: Effect.succeed(session),
    borrower: (use) => use(session),
    transactionAcquirer: unlessElsewhere(Effect.map(reserve, sessionOn)),
    compiler: PgClient.makeCompiler(),
    prepareTransactionControls: true,
    commit,
    releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`,
    spanAttributes: [["db.system.name", "postgresql"]]
  })
})

/** PostgreSQL answers ROLLBACK to the COMMIT of a transaction in which something failed. */
const commit = (connection: SqlConnection.Connection) =>
  Effect.flatMap(connection.executeRaw("COMMIT", []), (result) =>
    (result as { readonly command: string }).command === "COMMIT"
      ? Effect.void
      : Effect.fail(
          new SqlError.SqlError({
            reason: new SqlError.UnknownError({
              cause: new Error("The transaction was rolled back as it was to be committed"),
              operation: "commit"
            })
          })
        )
  )

/** A client with so many connections on this database, six at least. */
export const pool = (options: { readonly url: Redacted.Redacted; readonly maxConnections: number }) =>
  Layer.effect(SqlClient.SqlClient, makeClient(options.maxConnections)).pipe(
    Layer.provide(Reactivity.layer),
    Layer.provideMerge(
      Layer.effect(
        Connecting,
        Effect.map(OnlyReading, (onlyReading) => connecting(options.url, onlyReading))
      )
    )
  )

const reachable = Layer.effect(
  Reachable,
  Effect.gen(function* () {
    // Shared, so that it is left at once when it does not answer.
    const probe = yield* PgPool.make({ ...(yield* Connecting)(Duration.zero), maxConnections: 1, multiplex: true })
    return probe
      .use((connection) => connection.query("SELECT 1"))
      .pipe(
        Effect.timeoutOption("2 seconds"),
        Effect.map(Option.isSome),
        Effect.orElseSucceed(() => false)
      )
  })
)

export const layer = Layer.unwrap(
  Effect.gen(function* () {
    const { url } = yield* Database
    const { databasePool } = yield* Settings
    return Layer.provideMerge(reachable, pool({ url, maxConnections: databasePool }))
  })
)
