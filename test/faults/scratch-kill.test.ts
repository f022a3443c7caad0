/** What is put aside for moments lies with the data, and what a killed server left of it is swept by the next. */
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync } from "node:fs"
import { connect } from "node:net"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import * as DevIssuer from "../../src/layers/DevIssuer.ts"
import { scratchIn } from "../../src/layers/scratch.ts"
import { freshDatabase } from "../support/database.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { eventually } from "../support/eventually.ts"
import { spawnServer } from "../support/process.ts"

/** Sends half of a video and no more. */
const sendHalf = (url: string, token: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const head = [
        "POST /api/v1/media HTTP/1.1",
        "Host: x",
        `Authorization: Bearer ${token}`,
        "Content-Type: multipart/form-data; boundary=b",
        "Content-Length: 2000000"
      ].join("\r\n")
      const part = `--b\r\ncontent-disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n${"x".repeat(500_000)}`
      const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(`${head}\r\n\r\n${part}`))
      return socket.on("error", () => {})
    }),
    (socket) => Effect.sync(() => socket.destroy())
  )

it.live("of a server that is killed", () =>
  Effect.gen(function* () {
    const ZST_DATA_DIR = yield* temporaryDirectory("zst-scratch-")
    const scratch = scratchIn(ZST_DATA_DIR)
    const url = yield* freshDatabase
    const server = yield* spawnServer(url, { ZST_DATA_DIR })
    const token = yield* (yield* Effect.orDie(DevIssuer.load(ZST_DATA_DIR))).sign({ sub: "user_halfway" })
    yield* sendHalf(server.url, token)
    const [left = ""] = yield* eventually(
      Effect.sync(() => readdirSync(scratch).filter((name) => existsSync(join(scratch, name, "file")))),
      ({ length }) => length > 0
    )
    assert.strictEqual(statSync(scratch).mode & 0o077, 0)
    server.child.kill("SIGKILL")
    yield* server.exited
    mkdirSync(join(scratch, "young"))
    const old = new Date(Date.now() - 3 * 60 * 60 * 1000)
    utimesSync(join(scratch, left), old, old)
    const next = yield* spawnServer(url, { ZST_DATA_DIR })
    assert.deepStrictEqual(readdirSync(scratch), ["young"])
    next.child.kill("SIGTERM")
    assert.deepStrictEqual(yield* next.exited, { code: 0, signal: null })
  }).pipe(Effect.scoped)
)
