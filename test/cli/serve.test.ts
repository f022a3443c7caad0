/** The whole program as a newcomer runs it: its own data directory and PostgreSQL, shared by these tests. */
import { type ChildProcess, execFile } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import * as EmbeddedPostgres from "../../src/layers/EmbeddedPostgres.ts"
import { freshDatabase } from "../support/database.ts"
import { spawnZst } from "../support/process.ts"
import { makeKey } from "../support/tokens.ts"
import { data, zst } from "./zst.ts"

class DataDir extends Context.Service<DataDir, string>()("zst/test/DataDir") {
  static readonly layer = Layer.effect(
    DataDir,
    Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "zst-serve-"))),
      (dataDir) =>
        EmbeddedPostgres.remove({ dataDir }).pipe(
          Effect.andThen(Effect.sync(() => rmSync(dataDir, { recursive: true, force: true }))),
          Effect.orDie
        )
    )
  )
}

const embedded = Effect.map(DataDir, (ZST_DATA_DIR) => ({ ZST_DATA_DIR, PORT: "0" }))

/** A server on the shared data directory, once it has printed all it prints. */
const started = Effect.fnUntraced(function* (args: ReadonlyArray<string> = []) {
  const server = yield* spawnZst(["serve", ...args], yield* embedded)
  yield* server.says(/Ctrl-C stops it\.|^\{"data":.*\n/m)
  return server
})

/** The line as it is pasted into a shell that has read the tokens. */
const shell = (file: string, line: string) =>
  Effect.callback<string>((resume) => {
    execFile("bash", ["-c", `source "${file}" && ${line} -sS -w '\\n%{http_code}'`], (error, stdout, stderr) =>
      resume(error ? Effect.die(`${line}\n${stderr}`) : Effect.succeed(stdout))
    )
  })

const totalOf = (api: string) =>
  Effect.promise(async () => {
    const answer: any = await (await fetch(`${api}/products`)).json()
    return answer.meta.total
  })

const takenPort = Effect.acquireRelease(
  Effect.callback<{ port: number; close: () => void }>((resume) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address()
      resume(
        Effect.succeed({ port: typeof address === "object" && address ? address.port : 0, close: () => server.close() })
      )
    })
  }),
  ({ close }) => Effect.sync(close)
)

layer(DataDir.layer, { timeout: "60 seconds" })("zst serve", (it) => {
  it.effect("says that the port is taken before it makes a database", () =>
    Effect.gen(function* () {
      const { port } = yield* takenPort
      const env = { ...(yield* embedded), PORT: String(port) }
      const { code, stderr } = yield* zst(["serve"], { env })
      assert.deepStrictEqual(
        [code, stderr],
        [1, `Port ${port} is taken. Stop the program that uses it, or set PORT to another one.\n`]
      )
    }).pipe(Effect.scoped)
  )

  it.effect("opens a demo shop on the first run, and prints lines that work when they are pasted", () =>
    Effect.gen(function* () {
      const server = yield* started()
      const lines = server.output().match(/^ {2}curl .*$/gm) ?? []
      assert.strictEqual(lines.length, 3)
      const [, file = ""] = /^ {2}source (\S+)$/m.exec(server.output()) ?? []
      assert.strictEqual(file, join(yield* DataDir, "tokens.env"))
      assert.strictEqual(statSync(file).mode & 0o777, 0o600)
      const answers = yield* Effect.forEach(lines, (line) => shell(file, line))
      assert.deepStrictEqual(
        answers.map((answer) => answer.trim().slice(-3)),
        ["200", "201", "201"]
      )
      assert.isAbove(JSON.parse(answers[0]?.replace(/\d+$/, "") ?? "").data.length, 3)
      assert.match(lines[1] ?? "", /"Authorization: Bearer \$SELLER"/)
      assert.match(lines[2] ?? "", /"Authorization: Bearer \$CUSTOMER"/)
      assert.notMatch(server.output(), /eyJ/)
      const names = readFileSync(file, "utf8").match(/(?<=^export )[A-Z]+(?==ey[\w-]+\.[\w-]+\.[\w-]+$)/gm)
      assert.deepStrictEqual(names, ["CUSTOMER", "IMPORTATEUR", "GROSSISTE", "FOURNISSEUR", "ADMIN", "SELLER"])
      server.child.kill("SIGINT")
      assert.deepStrictEqual(yield* server.exited, { code: 0, signal: null })
      assert.match(server.output(), /Stopping… done\.\n$/)
    }).pipe(Effect.scoped)
  )

  it.effect("finds its data again, works beside other commands, and lets nobody else on its data directory", () =>
    Effect.gen(function* () {
      const server = yield* started(["--json"])
      const greeting = JSON.parse(server.output()).data
      const total = yield* totalOf(greeting.api)
      assert.strictEqual(total, 201)
      const env = yield* embedded
      const token = data(yield* zst(["token", "--role", "customer", "--json"], { env })).token
      const me = yield* Effect.promise(() =>
        fetch(`${greeting.api}/users/me`, { headers: { authorization: `Bearer ${token}` } })
      )
      assert.strictEqual(me.status, 200)
      const doctor = yield* zst(["doctor"], { env: { ...env, PORT: new URL(greeting.url).port } })
      assert.match(doctor.stdout, /✓ +Port +\d+ is served by a running ZST\n/)
      const other = yield* zst(["serve"], { env })
      assert.strictEqual(other.code, 1)
      assert.match(
        other.stderr,
        /^The data directory .* is in use by another zst server \(pid \d+, .*\)\. Stop it, or set ZST_DATA_DIR .*\n$/
      )
      server.child.kill("SIGTERM")
      assert.deepStrictEqual(yield* server.exited, { code: 0, signal: null })
    }).pipe(Effect.scoped)
  )

  it.effect("ends in order, and its database with it, when its terminal is closed", () =>
    Effect.gen(function* () {
      const server = yield* started(["--json"])
      server.child.kill("SIGHUP")
      assert.deepStrictEqual(yield* server.exited, { code: 0, signal: null })
      assert.isFalse(existsSync(join(yield* DataDir, "postgres/postmaster.pid")))
    }).pipe(Effect.scoped)
  )

  for (const [name, lose] of [
    ["nobody reads its log any more", (child: ChildProcess) => child.stdout?.destroy()],
    [
      "nobody reads anything of it any more",
      (child: ChildProcess) => [child.stdout, child.stderr].map((out) => out?.destroy())
    ]
  ] as const) {
    it.effect(`goes on, and ends in order, when ${name}`, () =>
      Effect.gen(function* () {
        const server = yield* started(["--json"])
        const { api } = JSON.parse(server.output()).data
        lose(server.child)
        for (let i = 0; i < 5; i++) assert.strictEqual(yield* totalOf(api), 201)
        server.child.kill("SIGTERM")
        assert.deepStrictEqual(yield* server.exited, { code: 0, signal: null })
      }).pipe(Effect.scoped)
    )
  }

  it.effect("prints no tokens where Clerk signs people in, and leaves a database empty when asked to", () =>
    Effect.gen(function* () {
      const env = { DATABASE_URL: yield* freshDatabase, PORT: "0", CLERK_JWT_KEY: makeKey().publicKeyPem }
      const server = yield* spawnZst(["serve", "--no-seed"], env)
      yield* server.says(/Ctrl-C stops it\./)
      assert.notMatch(server.output(), /eyJ|curl/)
      const [, url] = yield* server.says(/(http:\/\/localhost:\d+)\n/)
      const total = yield* totalOf(`${url}/api/v1`)
      assert.strictEqual(total, 0)
    }).pipe(Effect.scoped)
  )
})
