/** What eight videos that arrive at once add to the memory of the server. */
import { readFile } from "node:fs/promises"
import { Effect } from "effect"
import { makeClip } from "../../test/support/clips.ts"
import { pause } from "../child.ts"
import { summary } from "../compare.ts"
import { BenchFailed } from "../failure.ts"
import { type Stage, startOurs } from "../stage.ts"
import { residentOf } from "./memory.ts"
import { tokenOf } from "./tokens.ts"

const megabyte = 1024 * 1024
const videoSize = 40 * megabyte
const atOnce = 8
const runs = 3

const boundary = "bench-boundary"

/** A true video, made heavy by a box that players pass over. */
const heavy = async (file: string) => {
  await makeClip(file, { width: 320, height: 240, seconds: 1 })
  const video = await readFile(file)
  const padding = Buffer.alloc(videoSize - video.length)
  padding.writeUInt32BE(padding.length, 0)
  padding.write("free", 4, "latin1")
  return Buffer.concat([
    Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="video.mp4"\r\n\r\n`),
    video,
    padding,
    Buffer.from(`\r\n--${boundary}--\r\n`)
  ])
}

/** In MB: the highest it was while they arrived, less what it was before. The video's worker is a process of its own. */
const riseOf = (pid: number, uploads: () => Promise<ReadonlyArray<number>>) =>
  Effect.promise(async () => {
    const before = residentOf(pid)
    let highest = before
    const watch = setInterval(() => {
      highest = Math.max(highest, residentOf(pid))
    }, 10)
    const statuses = await uploads()
    clearInterval(watch)
    return { rise: highest - before, statuses }
  })

export const uploads = Effect.fnUntraced(function* (stage: Stage) {
  const body = yield* Effect.promise(() => heavy(`${stage.directory}/heavy.mp4`))
  const rises: Array<number> = []
  for (let run = 0; run < runs; run++) {
    const { rise, statuses } = yield* Effect.scoped(
      Effect.gen(function* () {
        const { pid, url } = yield* startOurs(stage, "/api/v1/products")
        const people = ["one", "two"].map((name) => tokenOf(stage, "admin", `uploader-${name}${run}`))
        const send = async (n: number) => {
          const headers = {
            "content-type": `multipart/form-data; boundary=${boundary}`,
            authorization: `Bearer ${people[n % people.length]}`
          }
          const response = await fetch(`${url}/api/v1/media`, { method: "POST", headers, body })
          await response.arrayBuffer()
          return response.status
        }
        // The first one loads what uploads need.
        yield* Effect.promise(() => send(0))
        yield* pause(1000)
        return yield* riseOf(pid, () => Promise.all(Array.from({ length: atOnce }, (_, n) => send(n))))
      })
    )
    if (statuses.some((status) => status !== 201)) {
      return yield* new BenchFailed({ message: `Uploads were answered ${statuses.join(", ")}` })
    }
    rises.push(rise)
  }
  return summary(rises)
})
