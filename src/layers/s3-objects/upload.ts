/** Puts a body whose length is not known: at once if it is small, else in parts, while it arrives. */
import { randomUUID } from "node:crypto"
import { type FileHandle, open, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Exit, Semaphore, Stream } from "effect"
import type { ObjectBody, ObjectStoreError } from "../../services/media/ObjectStore.ts"
import { passing } from "../../services/outsideHeap.ts"
import { attempt } from "../disk-objects/attempt.ts"
import type { Call } from "./client.ts"

const partSize = 8 * 1024 * 1024

/** What each request that writes an object says of it. */
export type Target = {
  readonly Bucket: string
  readonly Key: string
  readonly ContentType: string
  readonly CacheControl?: string
}

type Part = { readonly PartNumber: number; readonly ETag: string }
type Written = { readonly size: number; readonly etag: string }

export const makeUpload = Effect.fnUntraced(function* (call: Call) {
  const withBuffer = yield* makeBuffers

  const putWhole = Effect.fnUntraced(function* (target: Target, Body: Uint8Array) {
    const { ETag } = yield* call("put", ({ sdk, client }, options) =>
      client.send(new sdk.PutObjectCommand({ ...target, Body, ContentLength: Body.length }), options)
    )
    return { size: Body.length, etag: bare(ETag) } satisfies Written
  })

  const putStream = (target: Target, body: Stream.Stream<Uint8Array, ObjectStoreError>) =>
    Effect.acquireUseRelease(
      openSpool,
      (spool) => {
        const parts = makeParts(call, target)
        const sendPart = withBuffer((buffer) => Effect.flatMap(spool.readInto(buffer), parts.send))
        const sendRest = (rest: Uint8Array) => (parts.isBegun() ? parts.finish(rest) : putWhole(target, rest))
        return Stream.runForEach(passing(body), (chunk) => spool.append(chunk, sendPart)).pipe(
          Effect.andThen(withBuffer((buffer) => Effect.flatMap(spool.readInto(buffer), sendRest))),
          Effect.onExit((exit) => (Exit.isSuccess(exit) ? Effect.void : parts.abort))
        )
      },
      (spool) => spool.close
    )

  return (target: Target, body: ObjectBody) => {
    if (!(body instanceof Uint8Array)) return putStream(target, body)
    return body.length <= partSize ? putWhole(target, body) : putStream(target, Stream.succeed(body))
  }
})

/**
 * A part is in memory while it is sent, and only then: three at once, however many uploads there are and however slowly
 * they come. Buffers are kept, for new ones would pile up until they are collected.
 */
const makeBuffers = Effect.map(Semaphore.make(3), (places) => {
  const free: Array<Buffer> = []
  return <A, E>(use: (buffer: Buffer) => Effect.Effect<A, E>) =>
    places.withPermit(
      Effect.acquireUseRelease(
        Effect.sync(() => free.pop() ?? Buffer.allocUnsafeSlow(partSize)),
        use,
        (buffer) => Effect.sync(() => free.push(buffer))
      )
    )
})

export const bare = (etag: string | undefined) => (etag ?? "").replaceAll('"', "")

type Begun = Target & { readonly UploadId: string }

const makeParts = (call: Call, target: Target) => {
  let begun: Begun | undefined
  let size = 0
  const sent: Array<Part> = []

  const begin = Effect.gen(function* () {
    const { UploadId = "" } = yield* call("put", ({ sdk, client }, options) =>
      client.send(new sdk.CreateMultipartUploadCommand(target), options)
    )
    begun = { ...target, UploadId }
    return begun
    // Interrupted between the answer and its use, the upload would stay behind, unknown to us.
  }).pipe(Effect.uninterruptible)

  const send = Effect.fnUntraced(function* (Body: Uint8Array) {
    const { Bucket, Key, UploadId } = begun ?? (yield* begin)
    const PartNumber = sent.length + 1
    const part = { Bucket, Key, UploadId, PartNumber, Body, ContentLength: Body.length }
    const { ETag = "" } = yield* call("put", ({ sdk, client }, options) =>
      client.send(new sdk.UploadPartCommand(part), options)
    )
    sent.push({ PartNumber, ETag })
    size += Body.length
  })

  const finish = Effect.fnUntraced(function* (rest: Uint8Array) {
    yield* send(rest)
    const { Bucket, Key, UploadId } = begun ?? (yield* begin)
    const { ETag } = yield* call("put", ({ sdk, client }, options) =>
      client.send(
        new sdk.CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: sent } }),
        options
      )
    )
    return { size, etag: bare(ETag) } satisfies Written
  })

  /** What cannot be aborted is left to the bucket's own rule for unfinished uploads. */
  const abort = Effect.suspend(() => {
    if (begun === undefined) return Effect.void
    const { Bucket, Key, UploadId } = begun
    return call("abort", ({ sdk, client }, options) =>
      client.send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId }), options)
    ).pipe(Effect.catch((error) => Effect.logWarning("An unfinished upload was not aborted", error)))
  })

  return { isBegun: () => begun !== undefined, send, finish, abort }
}

/** The part that is arriving, in a file: it comes at the pace of a phone, and would be in memory all that time. */
const openSpool = Effect.map(
  attempt("put", async () => {
    const path = join(tmpdir(), `zst-upload-${randomUUID()}`)
    const file = await open(path, "wx+", 0o600)
    // It has no name from here on, so that nothing is left of it whatever happens. Windows wants it to keep one.
    await rm(path, { force: true }).catch(() => undefined)
    return { path, file }
  }),
  ({ path, file }) => makeSpool(path, file)
)

const makeSpool = (path: string, file: FileHandle) => {
  let filled = 0

  const write = (bytes: Uint8Array) =>
    attempt("put", async () => {
      for (let at = 0; at < bytes.length; ) {
        at += (await file.write(bytes, at, bytes.length - at, filled + at)).bytesWritten
      }
      filled += bytes.length
    })

  /** `whenFull` is run before a byte more than a part comes in, so that the last part is never empty. */
  const append = (
    chunk: Uint8Array,
    whenFull: Effect.Effect<void, ObjectStoreError>
  ): Effect.Effect<void, ObjectStoreError> =>
    Effect.gen(function* () {
      for (let at = 0; at < chunk.length; ) {
        if (filled === partSize) yield* whenFull
        const taken = Math.min(chunk.length - at, partSize - filled)
        yield* write(chunk.subarray(at, at + taken))
        at += taken
      }
    })

  /** What has arrived; the next byte begins a new part. */
  const readInto = (buffer: Buffer) =>
    attempt("put", async () => {
      const bytes = buffer.subarray(0, filled)
      for (let at = 0; at < filled; ) {
        const { bytesRead } = await file.read(bytes, at, filled - at, at)
        if (bytesRead === 0) throw new Error("The spool ended early")
        at += bytesRead
      }
      filled = 0
      return bytes
    })

  const close = Effect.promise(async () => {
    await file.close()
    await rm(path, { force: true })
  })
  return { append, readInto, close }
}
