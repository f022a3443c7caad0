/** Lines of requests that go to a file: written beside the requests, and all of them by the end. */
import { execFileSync } from "node:child_process"
import { closeSync, constants, openSync, readFileSync, readSync, statSync } from "node:fs"
import { join } from "node:path"
import { PassThrough, Writable } from "node:stream"
import { setTimeout } from "node:timers/promises"
import { assert, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { capacity, linesTo, mostUnread, toFile, toStream } from "../../src/server/http/lines.ts"
import { freshDatabase } from "../support/database.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { eventually } from "../support/eventually.ts"
import { spawnZst } from "../support/process.ts"

const opened = (path: string, flags: string | number) =>
  Effect.acquireRelease(
    Effect.sync(() => openSync(path, flags)),
    (fd) => Effect.sync(() => closeSync(fd))
  )

/** Long enough that a batch was written, or could not be. */
const moment = Effect.promise(() => setTimeout(300))

const text = "a line of عطر\n"
const bytes = Buffer.byteLength(text)
/** That fill eight batches. */
const many = Math.ceil((8 * capacity) / bytes)

const linesOf = (fd: number) => linesTo(toFile(fd))

it.live("all that was written is in the file when it closes, however far ahead who writes was", () =>
  Effect.gen(function* () {
    const path = join(yield* temporaryDirectory("zst-lines-"), "log")
    const lines = linesOf(yield* opened(path, "w"))
    for (let i = 0; i < many; i++) {
      lines.write(text)
      if (i % 1000 === 0) assert.isAtMost((i + 1) * bytes - statSync(path).size, 2 * capacity)
    }
    yield* lines.close
    assert.isTrue(readFileSync(path, "utf8") === text.repeat(many))
  })
)

it.live("a full disk stops nobody", () =>
  Effect.gen(function* () {
    const lines = linesOf(yield* opened("/dev/full", "w"))
    for (let i = 0; i < many; i++) lines.write(text)
    yield* moment
    lines.write(text)
    yield* lines.close
  })
)

it.live("what could not be written is gone, and what comes after it is not", () =>
  Effect.gen(function* () {
    const path = join(yield* temporaryDirectory("zst-lines-"), "pipe")
    execFileSync("mkfifo", [path])
    const reading = constants.O_RDONLY | constants.O_NONBLOCK
    const first = openSync(path, reading)
    const lines = linesOf(yield* opened(path, "w"))
    closeSync(first)
    lines.write("lost\n")
    yield* moment
    const second = yield* opened(path, reading)
    lines.write("kept\n")
    yield* lines.close
    const read = Buffer.alloc(100)
    assert.strictEqual(read.toString("utf8", 0, readSync(second, read)), "kept\n")
  })
)

it.live("what follows a batch that was taken in part begins a line", () =>
  Effect.gen(function* () {
    const path = join(yield* temporaryDirectory("zst-lines-"), "pipe")
    execFileSync("mkfifo", [path])
    const reader = yield* opened(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const lines = linesOf(yield* opened(path, constants.O_WRONLY | constants.O_NONBLOCK))
    const pipe = 64 * 1024
    for (let i = 0; i <= pipe / bytes; i++) lines.write(text)
    yield* moment
    lines.write("refused\n")
    yield* moment
    const taken = Buffer.alloc(2 * pipe)
    const length = readSync(reader, taken)
    assert.strictEqual(length, pipe)
    lines.write("after it\n")
    yield* lines.close
    const end = readSync(reader, taken, { offset: length })
    const all = Buffer.concat([Buffer.from(text.repeat(many)).subarray(0, pipe), Buffer.from("\nafter it\n")])
    assert.isTrue(taken.subarray(0, length + end).equals(all))
  })
)

it.live("no more than so much waits for who does not read a pipe, and all of it comes when it is read", () =>
  Effect.gen(function* () {
    const pipe = new PassThrough()
    const lines = linesTo(toStream(pipe))
    const kept = Math.ceil((2 * capacity) / bytes)
    for (let i = 0; i < kept; i++) lines.write(text)
    const closing = yield* Effect.forkChild(lines.close)
    yield* moment
    assert.isUndefined(closing.pollUnsafe())
    const read = yield* Effect.promise(async () => {
      const pieces: Array<Buffer> = []
      pipe.on("data", (piece) => pieces.push(piece))
      while (Buffer.concat(pieces).length < kept * bytes) await setTimeout(1)
      return Buffer.concat(pieces)
    })
    yield* Fiber.join(closing)
    assert.isTrue(read.toString() === text.repeat(kept))
    pipe.removeAllListeners("data").pause()
    for (let i = 0; i < (3 * mostUnread) / bytes; i++) lines.write(text)
    assert.isAbove(pipe.writableLength, mostUnread / 2)
    assert.isBelow(pipe.writableLength, mostUnread + 2 * capacity)
  })
)

it.live("the end waits for a batch that its last line filled as well", () =>
  Effect.gen(function* () {
    let taken = 0
    const slow = new Writable({
      highWaterMark: 1,
      write: (chunk: Buffer, _, done) => {
        taken += chunk.length
        globalThis.setTimeout(done, 50)
      }
    })
    const lines = linesTo(toStream(slow))
    const line = `${"a".repeat(999)}\n`
    // The first batch is under way, and the last line fills the one behind it.
    const filling = Math.ceil((capacity - 4096 + 1) / line.length)
    const first = Math.floor((64 * 1024) / line.length) + 1
    for (let i = 0; i < first + filling; i++) lines.write(line)
    yield* lines.close
    assert.deepStrictEqual([slow.writableLength, taken], [0, (first + filling) * line.length])
  })
)

it.live("a server whose reader does not read ends soon", () =>
  Effect.gen(function* () {
    const path = join(yield* temporaryDirectory("zst-lines-"), "pipe")
    execFileSync("mkfifo", [path])
    const reader = yield* opened(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const env = { DATABASE_URL: yield* freshDatabase, PORT: "0" }
    const { child, exited } = yield* spawnZst(["serve"], env, yield* opened(path, "w"))
    const greeting = Buffer.alloc(4096)
    const said = Effect.sync(() => {
      try {
        return greeting.toString("utf8", 0, readSync(reader, greeting))
      } catch {
        return ""
      }
    })
    const [url] = /http:\/\/localhost:\d+/.exec(yield* eventually(said, (text) => text.includes("http:"))) ?? []
    const asked = Array.from({ length: 1000 }, (_, i) => `${url}/api/v1/wilayas/${"a".repeat(150)}${i}`)
    yield* Effect.promise(() => Promise.all(asked.map((it) => fetch(it).then((answer) => answer.text()))))
    child.kill("SIGTERM")
    assert.deepStrictEqual(yield* exited, { code: 0, signal: null })
  })
)

it.live("a line that came while a batch was being written follows it, though no other line comes", () =>
  Effect.gen(function* () {
    const written: Array<string> = []
    let done = () => {}
    const lines = linesTo({
      write: (batch, isDone) => {
        written.push(Buffer.from(batch).toString())
        done = isDone
      },
      writeNow: () => assert.fail("nothing is full"),
      whenWritten: (isWritten) => isWritten()
    })
    const seen = Effect.sync(() => written.length)
    lines.write("first\n")
    yield* eventually(seen, (count) => count === 1)
    lines.write("second\n")
    yield* moment
    assert.deepStrictEqual(written, ["first\n"])
    done()
    yield* eventually(seen, (count) => count === 2)
    assert.deepStrictEqual(written, ["first\n", "second\n"])
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
