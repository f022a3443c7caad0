import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { createInterface } from "node:readline"
import { PgConnection } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Schema } from "effect"
import * as EmbeddedPostgres from "../../src/layers/EmbeddedPostgres.ts"
import { inspect } from "../../src/layers/embedded-postgres/postmaster.ts"
import { pause } from "../../src/layers/embedded-postgres/system.ts"

const isRoot = process.getuid?.() === 0

/** A data directory of its own, left without a process or a file behind whatever the test did. */
const dataDirectory = (mode = 0o755) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const parent = fs.mkdtempSync(join(tmpdir(), "zst-postgres-"))
      fs.chmodSync(parent, mode)
      return { parent, dataDir: join(parent, "data") }
    }),
    ({ parent, dataDir }) =>
      Effect.gen(function* () {
        yield* untilStopped(dataDir, true)
        yield* EmbeddedPostgres.remove({ dataDir })
        fs.rmSync(parent, { recursive: true, force: true })
      }).pipe(Effect.orDie)
  ).pipe(Effect.map(({ dataDir }) => dataDir))

const state = (dataDir: string) => {
  const link = join(dataDir, "postgres")
  return fs.existsSync(link) ? inspect(fs.realpathSync(link)) : Effect.succeed({ _tag: "Down" } as const)
}

const untilStopped = Effect.fnUntraced(function* (dataDir: string, kill: boolean) {
  for (let now = yield* state(dataDir); now._tag !== "Down"; now = yield* state(dataDir)) {
    if (kill) process.kill(now.pid, "SIGKILL")
    yield* pause(10)
  }
})

const killPostgres = Effect.fnUntraced(function* (dataDir: string) {
  const running = yield* state(dataDir)
  assert.strictEqual(running._tag, "Ready")
  if (running._tag === "Ready") process.kill(running.pid, "SIGKILL")
})

const query = (url: Redacted.Redacted, sql: string) =>
  PgConnection.make({ url }).pipe(
    Effect.flatMap((connection) => connection.query(sql)),
    Effect.map(({ rows }) => rows),
    Effect.scoped
  )

const use = <A, E, R>(dataDir: string, body: (postgres: EmbeddedPostgres.EmbeddedPostgres) => Effect.Effect<A, E, R>) =>
  Effect.scoped(Effect.flatMap(EmbeddedPostgres.acquire({ dataDir }), body))

const store = (url: Redacted.Redacted) =>
  Effect.andThen(query(url, "CREATE TABLE kept (word text)"), query(url, "INSERT INTO kept VALUES ('salam')"))

const assertStored = Effect.fnUntraced(function* (url: Redacted.Redacted) {
  assert.deepStrictEqual(yield* query(url, "SELECT word FROM kept"), [{ word: "salam" }])
})

/** Another process that uses the data directory until its standard input ends. */
const OTHER_PROCESS = `
import { Effect, Redacted } from "effect"
import { acquire } from "./src/layers/EmbeddedPostgres.ts"
const use = acquire({ dataDir: process.env.DIRECTORY }).pipe(Effect.andThen(({ url, port, startedHere }) => {
  process.stdout.write(JSON.stringify({ url: Redacted.value(url), port, startedHere }) + "\\n")
  return Effect.callback((resume) => process.stdin.resume().once("end", () => resume(Effect.void)))
}))
await Effect.runPromise(Effect.scoped(use))
`
const decodeReport = Schema.decodeUnknownEffect(
  Schema.fromJsonString(Schema.Struct({ url: Schema.String, port: Schema.Int, startedHere: Schema.Boolean }))
)

const otherProcess = Effect.fnUntraced(function* (dataDir: string) {
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, ["--input-type=module", "--eval", OTHER_PROCESS], {
        cwd: resolve(import.meta.dirname, "../.."),
        env: { ...process.env, DIRECTORY: dataDir },
        stdio: ["pipe", "pipe", "inherit"]
      })
    ),
    (child) => (child.exitCode === null && child.signalCode === null ? end(child, "SIGKILL") : Effect.void)
  )
  const lines = createInterface(child.stdout)
  const line = yield* Effect.callback<string>((resume) => {
    lines.on("line", (text) => text.startsWith("{") && resume(Effect.succeed(text)))
    lines.once("close", () => resume(Effect.die("the other process ended before it had PostgreSQL")))
  })
  return { child, ...(yield* decodeReport(line)) }
})

const end = (child: ChildProcess, signal?: NodeJS.Signals) =>
  Effect.callback<number | null>((resume) => {
    child.once("exit", (code) => resume(Effect.succeed(code)))
    if (signal) child.kill(signal)
    else child.stdin?.end()
  })

describe("the embedded PostgreSQL", { timeout: 30_000 }, () => {
  it.live("creates itself, keeps its data over a restart, and is gone when nobody uses it", () =>
    Effect.gen(function* () {
      const dataDir = yield* dataDirectory()
      yield* use(dataDir, ({ url, startedHere }) => {
        assert.isTrue(startedHere)
        return store(url)
      })
      assert.strictEqual((yield* state(dataDir))._tag, "Down")
      yield* use(dataDir, ({ url }) => assertStored(url))
    })
  )

  it.live("keeps what is committed on the disk, speaks UTF-8 and UTC, and asks for its password", () =>
    Effect.gen(function* () {
      const dataDir = yield* dataDirectory()
      yield* use(dataDir, ({ url, port }) =>
        Effect.gen(function* () {
          const settings = yield* query(
            url,
            `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
                    current_setting('server_encoding') AS encoding, current_setting('timezone') AS zone,
                    lower('ÉTÉ') AS lower`
          )
          assert.deepStrictEqual(settings, [{ fsync: "on", commit: "on", encoding: "UTF8", zone: "UTC", lower: "été" }])
          const wrong = Redacted.make(`postgresql://zst:wrong@127.0.0.1:${port}/zst`)
          assert.strictEqual((yield* Effect.flip(query(wrong, "SELECT 1"))).reason._tag, "AuthenticationError")
          assert.strictEqual(fs.statSync(join(dataDir, "postgres.password")).mode & 0o777, 0o600)
        })
      )
    })
  )

  it.live("is created once by processes that start together, and stopped by the last to leave", () =>
    Effect.gen(function* () {
      const dataDir = yield* dataDirectory()
      const [first, second] = yield* Effect.all([otherProcess(dataDir), otherProcess(dataDir)], {
        concurrency: "unbounded"
      })
      assert.strictEqual(first.port, second.port)
      assert.notStrictEqual(first.startedHere, second.startedHere)
      assert.strictEqual(yield* end(first.child), 0)
      assert.strictEqual((yield* state(dataDir))._tag, "Ready")
      assert.strictEqual(yield* end(second.child), 0)
      assert.strictEqual((yield* state(dataDir))._tag, "Down")
    })
  )

  it.live("serves users that come and go at any moment", () =>
    Effect.gen(function* () {
      const dataDir = yield* dataDirectory()
      const visit = use(dataDir, ({ url }) => query(url, "SELECT 1"))
      const visits = Array.from({ length: 6 }, () => Effect.repeat(visit, { times: 2 }))
      yield* Effect.all(visits, { concurrency: "unbounded" })
      assert.strictEqual((yield* state(dataDir))._tag, "Down")
    })
  )

  it.live("is adopted after a kill -9 of its only user, and stopped by the adopter", () =>
    Effect.gen(function* () {
      const dataDir = yield* dataDirectory()
      const other = yield* otherProcess(dataDir)
      yield* end(other.child, "SIGKILL")
      yield* use(dataDir, ({ port, startedHere }) => {
        assert.deepStrictEqual({ port, startedHere }, { port: other.port, startedHere: false })
        return Effect.void
      })
      assert.strictEqual((yield* state(dataDir))._tag, "Down")
    })
  )

  it.live("comes back on its port, with what was committed, when it is killed under its user", () =>
    Effect.gen(function* () {
      const dataDir = yield* dataDirectory()
      yield* use(dataDir, ({ url }) =>
        Effect.gen(function* () {
          yield* store(url)
          yield* killPostgres(dataDir)
          yield* assertStored(url).pipe(Effect.retry({ while: () => Effect.as(pause(20), true), times: 500 }))
        })
      )
      assert.strictEqual((yield* state(dataDir))._tag, "Down")
    })
  )

  it.live("starts after a power cut although its old process number belongs to another program", () =>
    Effect.gen(function* () {
      const dataDir = yield* dataDirectory()
      const other = yield* otherProcess(dataDir)
      yield* store(Redacted.make(other.url))
      yield* end(other.child, "SIGKILL")
      const pidFile = join(fs.realpathSync(join(dataDir, "postgres")), "postmaster.pid")
      yield* killPostgres(dataDir)
      fs.writeFileSync(pidFile, fs.readFileSync(pidFile, "utf8").replace(/^\d+/, String(process.ppid)))
      yield* use(dataDir, ({ url, startedHere }) => {
        assert.isTrue(startedHere)
        return assertStored(url)
      })
    })
  )

  it.live("starts over when its very first start was cut short", () =>
    Effect.gen(function* () {
      const dataDir = yield* dataDirectory()
      fs.mkdirSync(join(dataDir, ".postgres-init-1a2b", "data", "base"), { recursive: true })
      fs.writeFileSync(join(dataDir, "postgres.password"), "half")
      yield* use(dataDir, ({ url }) => query(url, "SELECT 1"))
      assert.deepStrictEqual(fs.readdirSync(dataDir).sort(), [
        "postgres",
        "postgres.lock",
        "postgres.log",
        "postgres.password"
      ])
    })
  )

  it.live("runs in a directory that only its owner may enter", () =>
    Effect.gen(function* () {
      const dataDir = yield* dataDirectory(0o700)
      yield* use(dataDir, ({ url }) => store(url))
      yield* use(dataDir, ({ url }) => assertStored(url))
      assert.strictEqual(fs.realpathSync(join(dataDir, "postgres")).startsWith("/var/lib/zst/"), isRoot)
      assert.strictEqual(fs.statSync(join(dataDir, "..")).mode & 0o777, 0o700)
    })
  )

  it.live("says in one line that the data directory cannot be one", () =>
    Effect.gen(function* () {
      const dataDir = yield* dataDirectory()
      fs.writeFileSync(dataDir, "")
      const { message } = yield* Effect.flip(use(dataDir, () => Effect.void))
      const expected = `${dataDir} is in the way of a directory: move it, or set ZST_DATA_DIR to another directory.`
      assert.strictEqual(message, expected)
      fs.rmSync(dataDir)
    })
  )

  it.live("admits one server, and tells the second who the first is", () =>
    Effect.gen(function* () {
      const dataDir = yield* dataDirectory()
      yield* use(dataDir, ({ url }) =>
        Effect.gen(function* () {
          const serve = (port: number) => EmbeddedPostgres.serverLock({ dataDir, url, port })
          yield* Effect.scoped(
            Effect.gen(function* () {
              yield* serve(3000)
              const { message } = yield* Effect.flip(serve(3001))
              const expected = `The data directory ${dataDir} is in use by another zst server (pid ${process.pid}, http://localhost:3000). Stop it, or set ZST_DATA_DIR to another directory.`
              assert.strictEqual(message, expected)
            })
          )
          yield* Effect.scoped(serve(3001))
        })
      )
    })
  )
})
