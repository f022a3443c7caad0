/** A server that is killed while it takes an upload in. */
import { readdirSync, utimesSync } from "node:fs"
import { connect } from "node:net"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Option, Schedule, Stream } from "effect"
import * as DiskObjects from "../../src/layers/DiskObjects.ts"
import { OwnAddress } from "../../src/layers/OwnAddress.ts"
import { LocalObjects } from "../../src/services/media/LocalObjects.ts"
import { ObjectStore } from "../../src/services/media/ObjectStore.ts"
import { freshDatabase } from "../support/database.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { spawnServer } from "../support/process.ts"

const size = 10_000_000

/** Sends half of the upload and no more. */
const sendHalf = (url: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const { port, pathname, search } = new URL(url)
      const head = `PUT ${pathname}${search} HTTP/1.1\r\nHost: x\r\nContent-Type: video/mp4\r\nContent-Length: ${size}\r\n\r\n`
      const socket = connect(Number(port), "127.0.0.1", () => socket.write(head + "x".repeat(size / 2)))
      return socket.on("error", () => {})
    }),
    (socket) => Effect.sync(() => socket.destroy())
  )

describe("kill -9 in the middle of an upload", () => {
  it.live("leaves no object, and a remainder that is swept when it is old", () =>
    Effect.gen(function* () {
      const dataDir = yield* temporaryDirectory("zst-kill-")
      const server = yield* spawnServer(yield* freshDatabase, { ZST_DATA_DIR: dataDir })
      const address = Layer.succeed(OwnAddress, { origin: () => server.url, listensOn: () => {} })

      yield* Effect.gen(function* () {
        const { presignPut, list, head } = yield* ObjectStore
        const { prune } = yield* LocalObjects
        const partials = join(DiskObjects.objectsIn(dataDir), "@partial")
        const names = Effect.try({ try: () => readdirSync(partials), catch: () => [] }).pipe(
          Effect.orElseSucceed((): ReadonlyArray<string> => [])
        )
        const { url } = yield* presignPut("uploads/film", { content_type: "video/mp4", size, seconds: 60 })
        yield* sendHalf(url)
        yield* Effect.repeat(names, { until: (all) => all.length > 0, schedule: Schedule.spaced("5 millis") })
        server.child.kill("SIGKILL")
        yield* server.exited

        assert.isTrue(Option.isNone(yield* head("uploads/film")))
        assert.lengthOf(yield* Stream.runCollect(list("uploads/")), 0)
        const [left = ""] = yield* names
        assert.strictEqual(yield* prune, 0)
        utimesSync(join(partials, left), new Date(), new Date(Date.now() - 2 * 3_600_000))
        assert.strictEqual(yield* prune, 1)
        assert.deepStrictEqual(yield* names, [])
      }).pipe(Effect.provide(DiskObjects.layer(dataDir).pipe(Layer.provide(address))))
    }).pipe(Effect.scoped)
  )
})
