import { createServer } from "node:net"
import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import * as NodeAvVideos from "../../src/layers/NodeAvVideos.ts"
import { Videos } from "../../src/services/media/Videos.ts"
import { badVideos } from "../support/badVideos.ts"
import { childrenOf } from "../support/children.ts"
import { filesIn, temporaryDirectory } from "../support/videoFiles.ts"

/** Listens on loopback until the scope closes, and counts who comes. */
const canary = Effect.gen(function* () {
  let visits = 0
  const server = yield* Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>>((resume) => {
      const server = createServer((socket) => {
        visits++
        socket.destroy()
      }).listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => server.close())
  )
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return { url: `http://127.0.0.1:${port}`, visits: () => visits }
})

layer(NodeAvVideos.layer(), { excludeTestServices: true })("what is no video", (it) => {
  for (const { name } of badVideos("")) {
    it.effect(`${name} is refused with its reason, and leaves nothing`, () =>
      Effect.gen(function* () {
        const { url, visits } = yield* canary
        const [source, directory] = [yield* temporaryDirectory, yield* temporaryDirectory]
        const file = join(source, "clip.mp4")
        const bad = badVideos(url).find((bad) => bad.name === name)
        yield* Effect.promise(async () => bad?.write(file))
        const { process: run } = yield* Videos
        const { reason, message } = yield* Effect.flip(run(file, directory, () => Effect.void))
        assert.strictEqual(reason, bad?.reason)
        assert.match(message, /^[A-Z].*\.$/)
        assert.strictEqual(visits(), 0)
        assert.deepStrictEqual(yield* filesIn(directory), [])
        assert.deepStrictEqual(yield* filesIn(source), ["clip.mp4"])
        assert.deepStrictEqual(childrenOf(process.pid), [])
      })
    )
  }
})
