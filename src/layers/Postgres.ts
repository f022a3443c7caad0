import { PgClient, PgTypes } from "@effect/sql-pg"
import { Context, Effect, Layer, type Redacted, Result } from "effect"
import type { SqlClient } from "effect/sql"
import * as EmbeddedPostgres from "./EmbeddedPostgres.ts"
import { makeClient } from "./postgres/TransactionsOn.ts"
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

/** A pool on this database. No statement of a request may hold a connection for longer than five seconds. */
export const pool = (options: { readonly url: Redacted.Redacted; readonly maxConnections: number }) =>
  PgClient.layerFrom(
    makeClient({
      url: options.url,
      maxConnections: options.maxConnections,
      minConnections: 1,
      connectTimeout: "5 seconds",
      idleTimeout: "1 minute",
      applicationName: "zst",
      // Statements share connections, eight at most to each: more would queue behind one backend, and commits behind one
      // another's flush; fewer would make a round trip of every statement.
      multiplex: true,
      multiplexConcurrency: 8,
      types,
      startupParameters: {
        timezone: "UTC",
        statement_timeout: "5s",
        lock_timeout: "2s",
        idle_in_transaction_session_timeout: "10s"
      }
    })
  )

export const layer: Layer.Layer<PgClient.PgClient | SqlClient.SqlClient, EffectError, Database | Settings> =
  Layer.unwrap(
    Effect.gen(function* () {
      const { url } = yield* Database
      const { databasePool } = yield* Settings
      return pool({ url, maxConnections: databasePool })
    })
  )
type EffectError = Layer.Error<ReturnType<typeof pool>>
