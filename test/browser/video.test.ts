import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as NodeAvVideos from "../../src/layers/NodeAvVideos.ts"
import { Videos } from "../../src/services/media/Videos.ts"
import { Browser } from "../support/browser.ts"
import { makeClip } from "../support/clips.ts"
import { temporaryDirectory } from "../support/videoFiles.ts"

/** A page with a player, and what it plays. */
const shown = (file: string, poster: string) =>
  Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>>((resume) => {
      const server = createServer((request, response) => {
        if (request.url === "/video.mp4") return response.setHeader("content-type", "video/mp4").end(readFileSync(file))
        if (request.url === "/poster.jpg") return response.end(readFileSync(poster))
        response.setHeader("content-type", "text/html")
        response.end(`<link rel="icon" href="data:,"><video src="/video.mp4" poster="/poster.jpg" muted></video>`)
      }).listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => server.closeAllConnections())
  ).pipe(
    Effect.map((server) => {
      const address = server.address()
      return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/`
    })
  )

// What the page does, as text: the tests are checked without the browser's types.
const play = `new Promise((resolve, reject) => {
  const video = document.querySelector("video")
  video.onerror = () => reject(new Error(video.error.message))
  video.onended = () => {
    const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality()
    resolve({ width: video.videoWidth, height: video.videoHeight, seconds: video.currentTime,
      shown: totalVideoFrames - droppedVideoFrames > 0, sound: video.webkitAudioDecodedByteCount > 0 })
  }
  video.play().catch(reject)
})`

layer(Layer.mergeAll(NodeAvVideos.layer(), Browser.layer), { excludeTestServices: true })(
  "videos in a browser",
  (it) => {
    for (const [format, codec] of [
      ["mp4", "h264"],
      ["webm", "vp9"]
    ] as const) {
      it.effect(`both renditions of ${format} play to their end, with sound`, () =>
        Effect.gen(function* () {
          const directory = yield* temporaryDirectory
          const file = join(directory, `clip.${format}`)
          yield* Effect.promise(() => makeClip(file, { width: 1280, height: 720, seconds: 2, format, codec }))
          const { renditions, poster } = yield* (yield* Videos).process(file, directory, () => Effect.void)
          const { open } = yield* Browser
          for (const { file, width, height } of renditions) {
            const { page, problems } = yield* open(yield* shown(file, poster.file))
            const { seconds, ...played } = yield* Effect.promise(() => page.evaluate<{ seconds: number }>(play))
            assert.deepStrictEqual(played, { width, height, shown: true, sound: true } as object)
            assert.closeTo(seconds, 2, 0.2)
            assert.deepStrictEqual(problems, [])
          }
        })
      )
    }
  }
)
