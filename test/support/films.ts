/** Videos, and pictures that are sent like them, over HTTP: as a client has to do with them. */
import { readFile } from "node:fs/promises"
import { setTimeout } from "node:timers/promises"
import { assert } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Media } from "../../src/services/media/model.ts"
import { type Clip, makeClip } from "./clips.ts"
import { type Person, TestServer } from "./server.ts"
import { temporaryDirectory } from "./videoFiles.ts"

const path = "/api/v1/media"
const decodeMedia = Schema.decodeUnknownEffect(Media, { onExcessProperty: "error" })

export const clip = Effect.fnUntraced(function* (changes: Partial<Clip> = {}) {
  const file = `${yield* temporaryDirectory}/clip`
  yield* Effect.promise(() => makeClip(file, { width: 720, height: 1280, seconds: 2, sound: true, ...changes }))
  return yield* Effect.promise(() => readFile(file))
})

/** Asks until the work is over. */
export const finished = (who: Person, id: string) =>
  Effect.gen(function* () {
    const server = yield* TestServer
    const asked = Effect.map(server.get(`${path}/${id}`, who), ({ json }) => json.data)
    const once = Effect.tap(asked, () => Effect.promise(() => setTimeout(100)))
    const media = yield* Effect.repeat(once, { until: ({ status }) => status === "ready" || status === "failed" })
    yield* decodeMedia(media)
    return media
  })

export const fetched = (url: string, headers: Record<string, string> = {}) =>
  Effect.promise(async () => {
    const response = await fetch(url, { headers })
    return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) }
  })

export const request = Effect.fnUntraced(function* (who: Person, bytes: Uint8Array, changes: object = {}) {
  const server = yield* TestServer
  const body = { content_type: "video/mp4", size: bytes.length, ...changes }
  const answer = yield* server.post(`${path}/uploads`, body, who)
  assert.strictEqual(answer.status, 201, answer.text)
  return answer.json.data
})

export const put = (
  { upload: { url, headers } }: { upload: { url: string; headers: Record<string, string> } },
  bytes: Uint8Array
) =>
  Effect.promise(async () => {
    const { "content-length": _, ...rest } = headers
    const response = await fetch(url, { method: "PUT", headers: rest, body: new Uint8Array(bytes) })
    await response.arrayBuffer()
    return response.status
  })

/** A picture that was sent to an address of its own. */
export const uploaded = Effect.fnUntraced(function* (who: Person, bytes: Uint8Array, changes: object = {}) {
  const asked = yield* request(who, bytes, { content_type: "image/jpeg", ...changes })
  assert.strictEqual(yield* put(asked, bytes), 200)
  return String(asked.media.id)
})

/** One that was completed, too. */
export const completed = Effect.fnUntraced(function* (who: Person, bytes: Uint8Array, changes: object = {}) {
  const server = yield* TestServer
  const id = yield* uploaded(who, bytes, changes)
  const answer = yield* server.post(`${path}/uploads/${id}/complete`, undefined, who)
  assert.strictEqual(answer.status, 200, answer.text)
  return id
})
