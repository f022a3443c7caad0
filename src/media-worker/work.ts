import { rmSync } from "node:fs"
import { join } from "node:path"
import { convertAvif } from "./avif.ts"
import { convertHeic } from "./heic.ts"
import { setLevel } from "./log.ts"
import { outputNames, posterName } from "./names.ts"
import { openSource, probeOf } from "./open.ts"
import type { Said, Task } from "./protocol.ts"
import { transcode } from "./transcode.ts"

export const removeOutputs = (directory: string) => {
  for (const name of outputNames) rmSync(join(directory, name), { force: true })
}

/** Does one task; says what it finds on the way and in the end, or throws. */
export const work = async (task: Task, say: (said: Said) => void) => {
  if (task.type === "picture") {
    await (task.format === "heic" ? convertHeic(task) : convertAvif(task))
    return say({ type: "converted" })
  }
  setLevel()
  const source = await openSource(task.file)
  say({ type: "probed", probe: probeOf(source) })
  if (task.type === "probe") return
  let told = -1
  const onProgress = (percent: number) => {
    if (percent <= told) return
    told = percent
    say({ type: "progress", percent })
  }
  let made = await transcode(source, task.directory, onProgress)
  // A track of sound that holds none: an MP4 with it would wait for it for ever.
  for (let empty = 1; made.inaudible; empty++) {
    made = await transcode(await openSource(task.file, empty), task.directory, onProgress)
  }
  const poster = await made.poster.write(join(task.directory, posterName))
  const [first, ...others] = made.sizes.toReversed()
  if (first === undefined) throw new Error("no rendition")
  const duration_ms = Math.round(made.end * 1000)
  say({ type: "done", duration_ms, poster, renditions: [first, ...others] })
}
