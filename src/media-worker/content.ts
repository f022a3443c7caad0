/** What a file is by its bytes, read here so that no parser of FFmpeg sees what is not to be read at all. */
import { open } from "node:fs/promises"
import { isoBeginnings } from "../services/media/format.ts"
import { maxVideoBytes } from "../services/media/limits.ts"
import { checkEbml } from "./ebml.ts"
import { Refused } from "./failure.ts"
import { checkIsoBmff } from "./isoBmff.ts"
import { readAt } from "./readAt.ts"

/** FFmpeg's name of the one demuxer that may open it. */
export type Container = "mov" | "matroska"

export const recognise = async (path: string): Promise<Container> => {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    if (size > maxVideoBytes) throw new Refused("too_big")
    const head = await readAt(file, 0, 4096)
    if (isoBeginnings.has(head.toString("latin1", 4, 8))) {
      await checkIsoBmff(file, size)
      return "mov"
    }
    if (head.length >= 4 && head.readUInt32BE(0) === 0x1a45dfa3) {
      checkEbml(head, size)
      return "matroska"
    }
    throw new Refused("not_a_video")
  } finally {
    await file.close()
  }
}
