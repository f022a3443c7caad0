import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { Effect } from "effect"
import { EmbeddedPostgresError } from "./error.ts"
import { aloud, isAlive, onFiles, pause } from "./system.ts"

const SQLITE_BUSY = 5

const isBusy = (cause: unknown): boolean =>
  cause instanceof Error && "errcode" in cause && cause.errcode === SQLITE_BUSY

/**
 * One process at a time looks at the cluster, creates it or starts it. Node has no flock; SQLite's file lock is one the
 * kernel drops with its holder, so there is no stale lock to detect after a `kill -9`.
 */
export const withStartLock = <A, E, R>(dataDir: string, use: Effect.Effect<A, E, R>) =>
  Effect.acquireUseRelease(
    open(join(dataDir, "postgres.lock")),
    (database) =>
      lock(database).pipe(
        aloud(1000, () => waitingFor(dataDir)),
        Effect.andThen(
          Effect.acquireUseRelease(
            tellHolder(dataDir),
            () => use,
            () => forgetHolder(dataDir)
          )
        )
      ),
    (database) => Effect.sync(() => database.close())
  )

const holderFile = (dataDir: string) => join(dataDir, "postgres.lock.pid")

/** Only the lock counts; this just tells others who holds it. Another user's file may be in the way. */
const tellHolder = (dataDir: string) =>
  Effect.ignore(onFiles(dataDir, () => writeFileSync(holderFile(dataDir), String(process.pid))))

const forgetHolder = (dataDir: string) => Effect.ignore(onFiles(dataDir, () => rmSync(holderFile(dataDir))))

const holderOf = (dataDir: string) => {
  try {
    const pid = Number(readFileSync(holderFile(dataDir), "utf8"))
    return Number.isInteger(pid) && pid > 1 && isAlive(pid) ? ` (pid ${pid})` : ""
  } catch {
    return ""
  }
}

const waitingFor = (dataDir: string) =>
  `Waiting for another zst process${holderOf(dataDir)}, which is starting or joining the database in ${dataDir}. If it hangs, end it, or set ZST_DATA_DIR to another directory.`

const open = (path: string) => onFiles(path, () => new DatabaseSync(path))

const lock = Effect.fnUntraced(function* (database: DatabaseSync) {
  while (true) {
    const taken = yield* Effect.try({
      try: () => {
        database.exec("BEGIN EXCLUSIVE")
        return true
      },
      catch: (cause) => cause
    }).pipe(
      Effect.catch((cause) =>
        isBusy(cause)
          ? Effect.succeed(false)
          : new EmbeddedPostgresError({
              message: `Cannot lock the data directory (${cause instanceof Error ? cause.message : cause}): set ZST_DATA_DIR to a local, writable directory.`
            })
      )
    )
    if (taken) return
    yield* pause(20)
  }
})
