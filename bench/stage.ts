/** What the rows run on: PostgreSQL of its own, loaded, and the server as production starts it. */
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Effect, Redacted } from "effect"
import * as EmbeddedPostgres from "../src/layers/EmbeddedPostgres.ts"
import { startServer } from "./child.ts"

export type Stage = {
  readonly directory: string
  readonly databaseUrl: string
  /** PostgreSQL's process, the parent of all that work for it. */
  readonly postmaster: number
}

const temporary = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "zst-bench-"))),
  (directory) =>
    Effect.ignore(EmbeddedPostgres.remove({ dataDir: directory })).pipe(
      Effect.andThen(Effect.promise(() => rm(directory, { recursive: true, force: true })))
    )
)

export const openStage = Effect.gen(function* () {
  yield* build
  const directory = yield* temporary
  const { url } = yield* EmbeddedPostgres.acquire({ dataDir: directory })
  const postmaster = Number.parseInt(readFileSync(join(directory, "postgres/postmaster.pid"), "utf8"), 10)
  return { directory, databaseUrl: Redacted.value(url), postmaster } satisfies Stage
})

const root = fileURLToPath(new URL("..", import.meta.url))

/** What production runs. */
const build = Effect.sync(() =>
  execFileSync(process.execPath, [join(root, "node_modules/rolldown/bin/cli.mjs"), "-c", "rolldown.config.ts"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"]
  })
)

/** The server under test, as behind a proxy that names its clients. It logs every request, to a file. */
export const startOurs = (
  { directory, databaseUrl }: Stage,
  probe: string,
  settings: Readonly<Record<string, string>> = {}
) =>
  startServer({
    name: "zst",
    command: join(root, "dist/zst"),
    args: ["serve"],
    env: {
      DATABASE_URL: databaseUrl,
      ZST_DATA_DIR: directory,
      NODE_ENV: "development",
      TRUSTED_PROXIES: "127.0.0.1",
      ...settings
    },
    probe,
    directory
  })
