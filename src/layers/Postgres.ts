/**
 * One client over two pools. What only reads shares connections, which PostgreSQL holds to that; whatever may wait for a
 * row, and every transaction, has one of its own, so that nobody waits behind it.
 */
import { PgClient, PgPool, PgTypes } from "@effect/sql-pg"
import { Context, Effect, Layer, Option, type Redacted, Result } from "effect"
import { Reactivity } from "effect/reactivity"
import { SqlClient, type SqlConnection, SqlError } from "effect/sql"
import { Reachable } from "../services/Reachable.ts"
import * as EmbeddedPostgres from "./EmbeddedPostgres.ts"
import { lending } from "./postgres/lending.ts"
import { onlyReads } from "./postgres/onlyReads.ts"
import { sessionOf } from "./postgres/session.ts"
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

/** How to connect, for who needs connections that requests do not use. */
export class Connecting extends Context.Service<Connecting, PgPool.Config>()("zst/Connecting") {}

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

/**
 * No statement of a request may hold a connection for longer than five seconds, and none waits for a row for longer than
 * half of what others wait for a connection.
 */
const startupParameters = {
  timezone: "UTC",
  statement_timeout: "5s",
  lock_timeout: "1s",
  idle_in_transaction_session_timeout: "10s"
}

const connecting = (url: Redacted.Redacted) =>
  Connecting.of({
    url,
    connectTimeout: "5 seconds",
    idleTimeout: "1 minute",
    applicationName: "zst",
    types,
    startupParameters
  })

/**
 * So many statements share a connection at most: more would queue behind one backend, fewer would make a round trip of
 * every statement.
 */
const sharedBy = 8

/** So many times as many connections there may be while most of them only wait for somebody's row. */
const waitersPerWriter = 4

const makeClient = Effect.fnUntraced(function* (maxConnections: number) {
  const config = yield* Connecting
  const forReaders = Math.max(1, Math.floor(maxConnections / 3))
  const forWriters = Math.max(1, maxConnections - forReaders)
  const readers = yield* PgPool.make({
    ...config,
    maxConnections: forReaders,
    minConnections: 1,
    multiplex: true,
    multiplexConcurrency: sharedBy,
    startupParameters: { ...startupParameters, default_transaction_read_only: "on" }
  })
  const ceiling = forWriters * waitersPerWriter
  const writers = yield* PgPool.make({ ...config, maxConnections: ceiling })
  const shared = lending(readers, { most: forReaders * sharedBy, ceiling: forReaders * sharedBy })
  const own = lending(writers, { most: forWriters, ceiling })
  const session = sessionOf((statement, use) => (onlyReads(statement) ? shared : own).use(use))
  return yield* SqlClient.make({
    driver: "postgresql",
    acquirer: Effect.succeed(session),
    borrower: (use) => use(session),
    transactionAcquirer: unlessElsewhere(
      Effect.map(own.reserve, (connection) => sessionOf((_, use) => use(connection)))
    ),
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

/** A client with so many connections on this database, from two. */
export const pool = (options: { readonly url: Redacted.Redacted; readonly maxConnections: number }) =>
  Layer.effect(SqlClient.SqlClient, makeClient(options.maxConnections)).pipe(
    Layer.provide(Reactivity.layer),
    Layer.provideMerge(Layer.succeed(Connecting, connecting(options.url)))
  )

const reachable = Layer.effect(
  Reachable,
  Effect.gen(function* () {
    const probe = yield* PgPool.make({ ...(yield* Connecting), maxConnections: 1, connectTimeout: "2 seconds" })
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
