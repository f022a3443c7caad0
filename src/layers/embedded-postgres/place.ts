import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { EmbeddedPostgresError } from "./error.ts"
import { type Account, errorCode, onFiles, run } from "./system.ts"

/** What PostgreSQL's own user must reach, when the data directory or the checkout is closed to it. */
export const SHARED_DIRECTORY = "/var/lib/zst"

const USER = "postgres"

const lookUp = Effect.gen(function* () {
  const uid = yield* run("id", ["-u", USER])
  const gid = yield* run("id", ["-g", USER])
  return uid.ok && gid.ok ? { uid: Number(uid.output), gid: Number(gid.output) } : undefined
})

/** PostgreSQL refuses to run as root; undefined when we are somebody else already. */
export const findAccount = Effect.gen(function* () {
  if (process.getuid?.() !== 0) return undefined
  const known = yield* lookUp
  if (known) return known
  yield* Effect.logInfo(`Creating the system user ${USER} for PostgreSQL`)
  const useradd = yield* run("useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/bin/false", USER])
  if (!useradd.ok) yield* run("adduser", ["-S", "-D", "-H", USER]) // BusyBox
  const created = yield* lookUp
  if (created) return created
  return yield* new EmbeddedPostgresError({
    message: `PostgreSQL does not run as root: create a user named ${USER}, run zst as another user, or set DATABASE_URL.`
  })
})

/** Asks the system rather than reading permission bits: ancestors, ACLs and mounts have their say. */
export const canEnter = (account: Account, directory: string): Effect.Effect<boolean> =>
  Effect.map(run("/bin/sh", ["-c", 'cd "$1"', "sh", directory], account), ({ ok }) => ok)

/** Where the files of a new cluster go: under `workPrefix` while initdb runs, then `directory`, seen from `link`. */
export const choosePlace = Effect.fnUntraced(function* (dataDir: string, account: Account | undefined) {
  const link = join(dataDir, "postgres")
  if (!account || (yield* canEnter(account, dataDir))) {
    return { workPrefix: join(dataDir, ".postgres-init-"), directory: link, link }
  }
  const base = yield* outsidePath(dataDir)
  return { workPrefix: `${base}.init-`, directory: base, link }
})

/** A name is never used twice: the older one may serve a data directory that was moved elsewhere since. */
const outsidePath = Effect.fnUntraced(function* (dataDir: string) {
  const hash = createHash("sha256").update(fs.realpathSync(dataDir)).digest("hex").slice(0, 16)
  yield* onFiles(SHARED_DIRECTORY, () => fs.mkdirSync(SHARED_DIRECTORY, { recursive: true, mode: 0o755 }))
  let path = join(SHARED_DIRECTORY, hash)
  for (let n = 2; fs.existsSync(path); n++) path = join(SHARED_DIRECTORY, `${hash}-${n}`)
  return path
})

/** An open data directory may have been closed or moved under /root since its cluster was made. */
export const moveOutside = Effect.fnUntraced(function* (dataDir: string, directory: string) {
  const target = yield* outsidePath(dataDir)
  yield* onFiles(directory, () => fs.renameSync(directory, target)).pipe(
    Effect.mapError(
      ({ message }) =>
        new EmbeddedPostgresError({
          message: fs.existsSync(directory)
            ? `PostgreSQL's user cannot reach ${directory}: move it to ${target} and link it back (ln -s), or set ZST_DATA_DIR to another directory.`
            : message
        })
    )
  )
  yield* onFiles(dataDir, () => fs.symlinkSync(target, join(dataDir, "postgres")))
  return target
})

/** A rename counts only when its directory is on the disk. */
export const syncDirectory = (directory: string): Effect.Effect<void, EmbeddedPostgresError> =>
  process.platform === "win32"
    ? Effect.void
    : onFiles(directory, () => {
        const handle = fs.openSync(directory, "r")
        fs.fsyncSync(handle)
        fs.closeSync(handle)
      })

/** The real directory of a data directory's cluster, or undefined when it has none yet. */
export const existingDirectory = Effect.fnUntraced(function* (dataDir: string) {
  const link = join(dataDir, "postgres")
  const real = yield* onFiles(link, () => {
    if (!fs.lstatSync(link, { throwIfNoEntry: false })) return undefined
    return fs.existsSync(link) ? fs.realpathSync(link) : ""
  })
  if (real === undefined) return undefined
  if (real === "") {
    return yield* new EmbeddedPostgresError({
      message: `${link} points to a directory that is missing: restore it, or remove ${link} to start with an empty database.`
    })
  }
  if (yield* onFiles(real, () => fs.readdirSync(real).includes("PG_VERSION"))) return real
  return yield* Effect.try({
    try: () => fs.rmdirSync(link),
    catch: (cause) =>
      new EmbeddedPostgresError({
        message: `${link} holds something that is not a PostgreSQL cluster (${errorCode(cause)}): move it away and start again.`
      })
  }).pipe(Effect.as(undefined))
})
