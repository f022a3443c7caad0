/** Lines of requests that go to a file: written beside the requests, and all of them by the end. */
import { execFileSync } from "node:child_process"
import { closeSync, constants, openSync, readFileSync, readSync, statSync } from "node:fs"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { fileLines, mostBehind } from "../../src/server/http/AccessLog.ts"
import { freshDatabase } from "../support/database.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { eventually } from "../support/eventually.ts"
import { spawnZst } from "../support/process.ts"

const opened = (path: string, flags: string | number) =>
  Effect.acquireRelease(
    Effect.sync(() => openSync(path, flags)),
    (fd) => Effect.sync(() => closeSync(fd))
  )

/** Long enough that a write to a device or a pipe has failed. */
const moment = Effect.promise(() => setTimeout(50))

const batch = Buffer.from(`${"a line of a request\n".repeat(3000)}the last of its batch\n`)

it.live("all that was written is in the file when it closes, however far ahead who writes was", () =>
  Effect.gen(function* () {
    const path = join(yield* temporaryDirectory("zst-lines-"), "log")
    const lines = fileLines(yield* opened(path, "w"))
    const batches = Math.ceil((3 * mostBehind) / batch.length)
    for (let i = 0; i < batches; i++) lines.write(batch)
    assert.isAtMost(batches * batch.length - statSync(path).size, mostBehind + batch.length)
    yield* lines.close
    const written = readFileSync(path, "utf8")
    assert.strictEqual(written.length, batches * batch.length)
    assert.strictEqual(written.split("the last of its batch\n").length - 1, batches)
  })
)

it.live("a full disk stops nobody", () =>
  Effect.gen(function* () {
    const lines = fileLines(yield* opened("/dev/full", "w"))
    for (let i = 0; i < (3 * mostBehind) / batch.length; i++) lines.write(batch)
    yield* moment
    lines.write(batch)
    yield* lines.close
  })
)

it.live("what could not be written is gone, and what comes after it is not", () =>
  Effect.gen(function* () {
    const path = join(yield* temporaryDirectory("zst-lines-"), "pipe")
    execFileSync("mkfifo", [path])
    const reading = constants.O_RDONLY | constants.O_NONBLOCK
    const first = openSync(path, reading)
    const lines = fileLines(yield* opened(path, "w"))
    closeSync(first)
    lines.write(Buffer.from("lost\n"))
    yield* moment
    const second = yield* opened(path, reading)
    lines.write(Buffer.from("kept\n"))
    yield* lines.close
    const bytes = Buffer.alloc(100)
    assert.strictEqual(bytes.toString("utf8", 0, readSync(second, bytes)), "kept\n")
  })
)

it.live("a server that ends has written the line of every request", () =>
  Effect.gen(function* () {
    const path = join(yield* temporaryDirectory("zst-lines-"), "log")
    const env = { DATABASE_URL: yield* freshDatabase, PORT: "0" }
    const { child, exited } = yield* spawnZst(["serve"], env, yield* opened(path, "w"))
    const written = Effect.sync(() => readFileSync(path, "utf8"))
    const [url] = /http:\/\/localhost:\d+/.exec(yield* eventually(written, (text) => text.includes("http:"))) ?? []
    const asked = Array.from({ length: 50 }, (_, i) => `/api/v1/wilayas/${i}`)
    yield* Effect.promise(() => Promise.all(asked.map((it) => fetch(`${url}${it}`).then((answer) => answer.text()))))
    child.kill("SIGTERM")
    assert.deepStrictEqual(yield* exited, { code: 0, signal: null })
    const logged = (yield* written).match(/\/api\/v1\/wilayas\/\d+(?=[ "])/g) ?? []
    assert.deepStrictEqual(logged.toSorted(), asked.toSorted())
  })
)
