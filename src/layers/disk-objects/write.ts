import { createHash, randomUUID } from "node:crypto"
import { type FileHandle, mkdir, open, readdir, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Stream } from "effect"
import type { ObjectBody, ObjectInfo } from "../../services/media/ObjectStore.ts"
import { passedThrough } from "../../services/outsideHeap.ts"
import { attempt } from "./attempt.ts"
import { trailerOf } from "./format.ts"
import { moveInto, partialsOf, pathOf, unlessAbsent } from "./places.ts"

type Partial = { readonly path: string; readonly file: FileHandle }

/** Writes an object under a temporary name and moves it into place when all of it is on the disk. */
export const write = (root: string, key: string, body: ObjectBody, content_type: string) =>
  Effect.acquireUseRelease(
    attempt("put", () => openPartial(partialsOf(root))),
    ({ path, file }) =>
      Effect.gen(function* () {
        const { size, etag } = yield* writeBytes(file, body)
        return yield* Effect.uninterruptible(
          attempt("put", async (): Promise<ObjectInfo> => {
            await file.writeFile(trailerOf({ content_type, etag }))
            await file.sync()
            const { mtime } = await file.stat()
            await moveInto(path, pathOf(root, key))
            return { key, size, content_type, etag, modified: mtime }
          })
        )
      }),
    ({ path, file }) =>
      Effect.promise(async () => {
        await file.close()
        await rm(path, { force: true })
      })
  )

const openPartial = async (directory: string): Promise<Partial> => {
  await mkdir(directory, { recursive: true })
  const path = join(directory, randomUUID())
  return { path, file: await open(path, "wx", 0o640) }
}

const writeBytes = Effect.fnUntraced(function* (file: FileHandle, body: ObjectBody) {
  const hash = createHash("sha256")
  let size = 0
  const append = (chunks: ReadonlyArray<Uint8Array>) =>
    attempt("put", async () => {
      for (const chunk of chunks) {
        hash.update(chunk)
        passedThrough(chunk.length)
        size += chunk.length
        await file.writeFile(chunk)
      }
    })
  yield* body instanceof Uint8Array ? append([body]) : Stream.runForEachArray(body, append)
  return { size, etag: hash.digest("hex").slice(0, 32) }
})

/** A write goes on: one that has not touched its file for an hour is none. */
const abandonedAfter = 60 * 60 * 1000

/** Deletes what writes have left that were cut off with their process. */
export const sweep = async (root: string, now: number) => {
  const directory = partialsOf(root)
  let swept = 0
  for (const name of (await readdir(directory).catch(unlessAbsent)) ?? []) {
    const path = join(directory, name)
    const file = await stat(path).catch(unlessAbsent)
    if (file === undefined || now - file.mtimeMs < abandonedAfter) continue
    await rm(path, { force: true })
    swept++
  }
  return swept
}
