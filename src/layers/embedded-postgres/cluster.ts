import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import { basename, dirname, join } from "node:path"
import { Effect, Redacted } from "effect"
import { type Binaries, findBinaries } from "./binaries.ts"
import { EmbeddedPostgresError } from "./error.ts"
import { canEnter, choosePlace, existingDirectory, findAccount, moveOutside, syncDirectory } from "./place.ts"
import { inspect } from "./postmaster.ts"
import { type Account, DISK_FULL, diskFull, onFiles, run } from "./system.ts"

/** A PostgreSQL data directory that exists, and what it takes to run it. */
export interface Cluster {
  readonly dataDir: string
  readonly directory: string
  readonly account: Account | undefined
  readonly binaries: Binaries
  readonly password: Redacted.Redacted
  readonly log: string
}

export const SUPERUSER = "zst"

/** By which pg_trgm tells letters of any script from other signs: in `C` an Arabic word has no trigrams. */
const lettersOf: Partial<Record<NodeJS.Platform, string>> = { linux: "C.UTF-8", darwin: "en_US.UTF-8" }

const INITDB_OPTIONS = [
  `--username=${SUPERUSER}`,
  "--auth=scram-sha-256",
  "--encoding=UTF8",
  "--locale=C",
  `--lc-ctype=${lettersOf[process.platform] ?? "C"}`,
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  "--no-instructions"
]

/** To be called under the start lock. */
export const findOrCreateCluster = Effect.fnUntraced(function* (dataDir: string) {
  const existing = yield* existingDirectory(dataDir)
  const account = existing ? yield* ownerOf(existing) : yield* findAccount
  const binaries = yield* findBinaries(account)
  const password = existing ? yield* readPassword(dataDir) : yield* createPassword(dataDir)
  const directory = existing
    ? yield* reachable(dataDir, existing, account)
    : yield* initialise(dataDir, { account, binaries, password })
  return { dataDir, directory, account, binaries, password, log: join(dataDir, "postgres.log") } satisfies Cluster
})

/** As root, an existing cluster keeps running as whoever it belongs to. */
const ownerOf = Effect.fnUntraced(function* (directory: string) {
  if (process.getuid?.() !== 0) return undefined
  const { uid, gid } = yield* onFiles(directory, () => fs.statSync(directory))
  if (uid !== 0) return { uid, gid }
  const account = yield* findAccount
  if (account) yield* run("chown", ["-R", `${account.uid}:${account.gid}`, directory]) // copied or restored by root
  return account
})

const reachable = Effect.fnUntraced(function* (dataDir: string, directory: string, account: Account | undefined) {
  if (!account || (yield* canEnter(account, directory))) return directory
  if ((yield* inspect(directory))._tag !== "Down") return directory
  return yield* moveOutside(dataDir, directory)
})

const passwordFile = (dataDir: string) => join(dataDir, "postgres.password")

const readPassword = Effect.fnUntraced(function* (dataDir: string) {
  const file = passwordFile(dataDir)
  const text = yield* onFiles(file, () => (fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim() : ""))
  if (text !== "") return Redacted.make(text)
  return yield* new EmbeddedPostgresError({
    message: `The database's password is missing: restore ${file}, or remove ${join(dataDir, "postgres")} to start with an empty database.`
  })
})

const createPassword = Effect.fnUntraced(function* (dataDir: string) {
  const password = randomBytes(24).toString("base64url")
  const file = passwordFile(dataDir)
  yield* onFiles(file, () => {
    fs.rmSync(file, { force: true })
    fs.writeFileSync(file, `${password}\n`, { mode: 0o600, flag: "wx", flush: true })
  })
  return Redacted.make(password)
})

/** initdb works aside and a rename publishes its result, so that an interrupted first start leaves nothing to trip on. */
const initialise = Effect.fnUntraced(function* (
  dataDir: string,
  cluster: Pick<Cluster, "account" | "binaries" | "password">
) {
  const place = yield* choosePlace(dataDir, cluster.account)
  const work = `${place.workPrefix}${randomBytes(4).toString("hex")}`
  const data = join(work, "data")
  yield* Effect.logInfo(`Creating the database in ${place.directory}`)
  yield* onFiles(work, () => {
    removeLeftOvers(place.workPrefix)
    fs.mkdirSync(work, { mode: 0o700 })
    const secret = join(work, "password")
    fs.writeFileSync(secret, Redacted.value(cluster.password), { mode: 0o600 })
    for (const path of [secret, work]) {
      if (cluster.account) fs.chownSync(path, cluster.account.uid, cluster.account.gid)
    }
  })
  yield* runInitdb(data, place.directory, cluster).pipe(Effect.onError(() => discard(work)))
  yield* onFiles(place.directory, () => fs.renameSync(data, place.directory))
  yield* syncDirectory(dirname(place.directory))
  yield* discard(work)
  if (place.directory === place.link) return place.directory
  yield* onFiles(place.link, () => fs.symlinkSync(place.directory, place.link))
  yield* syncDirectory(dataDir)
  return place.directory
})

/** By prefix: the initdb of a process that was killed may still be writing, and must not write into ours. */
const removeLeftOvers = (prefix: string) => {
  const parent = dirname(prefix)
  for (const name of fs.readdirSync(parent)) {
    if (name.startsWith(basename(prefix)))
      fs.rmSync(join(parent, name), { recursive: true, force: true, maxRetries: 5 })
  }
}

const discard = (directory: string) =>
  Effect.ignore(onFiles(directory, () => fs.rmSync(directory, { recursive: true, force: true })))

const runInitdb = Effect.fnUntraced(function* (
  data: string,
  directory: string,
  { account, binaries }: Pick<Cluster, "account" | "binaries">
) {
  const args = [`--pgdata=${data}`, `--pwfile=${join(dirname(data), "password")}`, ...INITDB_OPTIONS]
  const { ok, output } = yield* run(binaries.initdb, args, account)
  if (ok) return
  if (/could not look up effective user/.test(output)) {
    return yield* new EmbeddedPostgresError({
      message: `PostgreSQL runs only as a user that exists: add uid ${process.getuid?.()} to /etc/passwd, run zst as another user, or set DATABASE_URL.`
    })
  }
  const line = output.split("\n").find((text) => /fatal:|error:/i.test(text)) ?? output.trim()
  const reason = line.replace(/^.*?(fatal|error):\s*/i, "")
  return yield* new EmbeddedPostgresError({
    message: DISK_FULL.test(output)
      ? diskFull(directory)
      : `PostgreSQL could not create its files in ${directory}: ${reason}. Set ZST_DATA_DIR to another directory, or DATABASE_URL.`
  })
})
