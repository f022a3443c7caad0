/** Files that are no videos, or worse. */
import { readFile, truncate, writeFile } from "node:fs/promises"
import type { VideoFailure } from "../../src/services/media/errors.ts"
import { maxVideoBytes } from "../../src/services/media/limits.ts"
import { encodeSound, makeClip } from "./clips.ts"

export type BadVideo = {
  readonly name: string
  readonly reason: VideoFailure
  readonly write: (file: string) => Promise<void>
}

const small = { width: 64, height: 64, seconds: 1, sound: false } as const

const patched = async (file: string, change: (bytes: Buffer) => Buffer) => writeFile(file, change(await readFile(file)))

/** Where the payload of the first box of this type begins; boxes are looked for by name, wherever they are. */
const inside = (bytes: Buffer, type: string) => {
  const at = bytes.indexOf(type, 0, "latin1")
  if (at < 0) throw new Error(`there is no ${type} box`)
  return at + 4
}

const sized = (width: number, height: number) => (bytes: Buffer) => {
  const at = inside(bytes, "avc1")
  // The brand in `ftyp` has the same name.
  const entry = bytes.indexOf("avc1", at + 4, "latin1") < 0 ? at : bytes.lastIndexOf("avc1", undefined, "latin1") + 4
  bytes.writeUInt16BE(width, entry + 24)
  bytes.writeUInt16BE(height, entry + 26)
  return bytes
}

const text = (content: string) => (file: string) => writeFile(file, content)

/** As they might be uploaded as `clip.mp4`; whatever asks for `canary` has been led out. */
export const badVideos = (canary: string): ReadonlyArray<BadVideo> => [
  { name: "nothing", reason: "not_a_video", write: text("") },
  {
    name: "HTML",
    reason: "not_a_video",
    write: text(`<!doctype html><video src="${canary}/v.mp4"></video>`)
  },
  {
    name: "a zip",
    reason: "not_a_video",
    write: (file) => writeFile(file, Buffer.concat([Buffer.from("PK\x03\x04\x14\x00", "latin1"), Buffer.alloc(4096)]))
  },
  {
    name: "an HLS playlist",
    reason: "not_a_video",
    write: text(`#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${canary}/segment.ts\n#EXT-X-ENDLIST\n`)
  },
  {
    name: "a list for the concat demuxer",
    reason: "not_a_video",
    write: text(`ffconcat version 1.0\nfile '${canary}/clip.mp4'\nfile '/etc/passwd'\n`)
  },
  {
    name: "a playlist behind the head of an MP4",
    reason: "damaged",
    write: text(`\0\0\0\x18ftypisom\0\0\0\0isommp41#EXTM3U\n#EXTINF:1,\n${canary}/segment.ts\n`)
  },
  {
    name: "garbage behind the head of an MP4",
    reason: "damaged",
    write: (file) => {
      const garbage = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * i * 2_654_435_761) >>> 24))
      return writeFile(file, Buffer.concat([Buffer.from("\0\0\0\x18ftypisom\0\0\0\0isommp41", "latin1"), garbage]))
    }
  },
  {
    name: "garbage behind the head of a WebM",
    reason: "damaged",
    write: (file) => writeFile(file, Buffer.from("1a45dfa39f4286810142f7810142f2810442f381084282847765626d42ff", "hex"))
  },
  {
    name: "an index full of garbage",
    reason: "unsupported",
    write: async (file) => {
      await makeClip(file, small)
      await patched(file, (bytes) => bytes.fill(0xa5, inside(bytes, "stbl"), inside(bytes, "stbl") + 200))
    }
  },
  {
    name: "pictures full of garbage",
    reason: "damaged",
    write: async (file) => {
      await makeClip(file, small)
      await patched(file, (bytes) => bytes.fill(0xa5, inside(bytes, "mdat"), inside(bytes, "moov") - 8))
    }
  },
  {
    name: "an MP4 that is cut off",
    reason: "damaged",
    write: async (file) => {
      await makeClip(file, { ...small, seconds: 3 })
      await truncate(file, Math.floor((await readFile(file)).length * 0.6))
    }
  },
  {
    name: "a WebM that is cut off",
    reason: "damaged",
    write: async (file) => {
      await makeClip(file, { ...small, format: "webm", codec: "vp9" })
      await truncate(file, Math.floor((await readFile(file)).length * 0.6))
    }
  },
  {
    name: "data in another file",
    reason: "unsupported",
    write: async (file) => {
      await makeClip(file, small)
      // The entry of `dref` (flags 1: in this file) now says that it is elsewhere.
      await patched(file, (bytes) => {
        bytes.writeUInt32BE(0, inside(bytes, "url "))
        return bytes
      })
    }
  },
  {
    name: "a codec that nobody uploads",
    reason: "unsupported",
    write: (file) => makeClip(file, { ...small, codec: "ffv1", format: "matroska" })
  },
  { name: "sound alone", reason: "no_picture", write: (file) => encodeSound(file) },
  {
    name: "more bytes than are allowed",
    reason: "too_big",
    write: async (file) => {
      await makeClip(file, small)
      await truncate(file, maxVideoBytes + 1)
    }
  },
  {
    name: "four hours by its header",
    reason: "too_long",
    write: (file) => makeClip(file, { ...small, gapSeconds: 4 * 3600 })
  },
  {
    name: "three seconds by its header, and 95 of frames",
    reason: "too_long",
    write: async (file) => {
      await makeClip(file, { ...small, seconds: 95, fps: 4, format: "webm", codec: "vp9" })
      await patched(file, (bytes) => {
        const at = bytes.indexOf(Buffer.from("448988", "hex"))
        bytes.writeDoubleBE(3000, at + 3)
        return bytes
      })
    }
  },
  {
    name: "an index that promises 60,000 pixels a side",
    reason: "too_many_pixels",
    write: async (file) => {
      await makeClip(file, small)
      await patched(file, sized(60_000, 60_000))
    }
  },
  {
    name: "an index that promises little, and pictures of 6000 pixels a side",
    reason: "too_many_pixels",
    write: async (file) => {
      await makeClip(file, { ...small, seconds: 0.1, filter: "scale=6000:6000" })
      await patched(file, sized(64, 64))
    }
  }
]
