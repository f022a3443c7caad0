/** The object store of production: a bucket of S3, R2 or their kind. */
import { Readable } from "node:stream"
import { NodeStream } from "@effect/platform-node"
import { Clock, Context, Effect, Layer, Option, Stream } from "effect"
import { LocalObjects } from "../services/media/LocalObjects.ts"
import {
  type ByteRange,
  type ListedObject,
  type ObjectInfo,
  ObjectStore,
  type ObjectStoreError
} from "../services/media/ObjectStore.ts"
import { isUploadKey, requireKeys, requirePrefix, requirePresignable } from "../services/media/objectKey.ts"
import { rangeWithin } from "../services/media/range.ts"
import { passing } from "../services/outsideHeap.ts"
import { type Call, failed, makeCall, type S3Settings, StoreSaid } from "./s3-objects/client.ts"
import { bare, makeUpload } from "./s3-objects/upload.ts"

/** A delete names this many keys at most. */
const batchSize = 1000

export const layer = (settings: S3Settings) =>
  Layer.effectContext(
    Effect.gen(function* () {
      const { bucket: Bucket } = settings
      const call = yield* makeCall(settings)
      const upload = yield* makeUpload(call)
      const head = (key: string) => headOf(call, Bucket, key)

      const target = (Key: string, ContentType: string) => ({
        Bucket,
        Key,
        ContentType,
        ...(isUploadKey(Key) ? {} : { CacheControl: "public, max-age=31536000, immutable" })
      })

      const store = ObjectStore.of({
        put: Effect.fnUntraced(function* (key, body, { content_type }) {
          yield* requireKeys(key)
          const written = yield* upload(target(key, content_type), body)
          return { key, content_type, ...written, modified: new Date(yield* Clock.currentTimeMillis) }
        }),
        head: (key) => Effect.andThen(requireKeys(key), head(key)),
        get: Effect.fnUntraced(function* (key, asked) {
          yield* requireKeys(key)
          const info = Option.getOrUndefined(yield* head(key))
          const range = info && rangeWithin(info.size, asked)
          if (info === undefined || range === "none") return Option.none()
          return Option.some({ ...info, range, body: bytesOf(call, Bucket, info, range) })
        }),
        copy: Effect.fnUntraced(function* (from, to, { content_type }) {
          yield* requireKeys(from, to)
          yield* call("copy", ({ sdk, client }, options) => {
            const source = { CopySource: `${Bucket}/${from}`, MetadataDirective: "REPLACE" as const }
            return client.send(new sdk.CopyObjectCommand({ ...target(to, content_type), ...source }), options)
          })
          const info = yield* head(to)
          return yield* Effect.mapError(Effect.fromOption(info), (error) => failed("copy", error))
        }),
        remove: Effect.fnUntraced(function* (keys) {
          yield* requireKeys(...keys)
          for (let at = 0; at < keys.length; at += batchSize) {
            yield* removeBatch(call, Bucket, keys.slice(at, at + batchSize))
          }
        }),
        list: (prefix) => Stream.unwrap(Effect.as(requirePrefix(prefix), listOf(call, Bucket, prefix))),
        publicUrl: (key) => `${settings.publicUrl}/${key}`,
        presignPut: Effect.fnUntraced(function* (key, { content_type, size, seconds }) {
          yield* requirePresignable(key, { seconds, size })
          const now = yield* Clock.currentTimeMillis
          const url = yield* call("presign", async ({ sdk, client }) => {
            const { getSignedUrl } = await import("@aws-sdk/s3-request-presigner")
            const put = { Bucket, Key: key, ContentType: content_type, ContentLength: size }
            return await getSignedUrl(client, new sdk.PutObjectCommand(put), {
              expiresIn: seconds,
              signingDate: new Date(now),
              signableHeaders: new Set(["host", "content-type", "content-length"])
            })
          })
          const headers = { "content-type": content_type, "content-length": String(size) }
          return { url, headers, expires_at: new Date(now + seconds * 1000) }
        })
      })

      const elsewhere = LocalObjects.of({
        isServedHere: false,
        isOurs: () => Effect.succeed(false),
        prune: Effect.succeed(0)
      })
      return Context.make(ObjectStore, store).pipe(Context.add(LocalObjects, elsewhere))
    })
  )

const headOf = (call: Call, Bucket: string, Key: string) =>
  call("head", ({ sdk, client }, options) => client.send(new sdk.HeadObjectCommand({ Bucket, Key }), options)).pipe(
    Effect.map((found) =>
      Option.some<ObjectInfo>({
        key: Key,
        size: found.ContentLength ?? 0,
        content_type: found.ContentType ?? "application/octet-stream",
        etag: bare(found.ETag),
        modified: found.LastModified ?? new Date(0)
      })
    ),
    Effect.catchIf(isAbsent, () => Effect.succeedNone)
  )

const isAbsent = ({ cause }: ObjectStoreError) => cause instanceof StoreSaid && cause.status === 404

/** Asked for when it is read: whoever only looks at the rest holds no connection. */
const bytesOf = (call: Call, Bucket: string, info: ObjectInfo, range: ByteRange | undefined) =>
  info.size === 0
    ? Stream.empty
    : Stream.unwrap(
        Effect.gen(function* () {
          const { Body } = yield* call("get", ({ sdk, client }, options) => {
            const wanted = { Bucket, Key: info.key, IfMatch: `"${info.etag}"` }
            const part = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` }
            return client.send(new sdk.GetObjectCommand({ ...wanted, ...part }), options)
          })
          if (!(Body instanceof Readable)) return yield* failed("get", new Error("There is no body"))
          return passing(
            NodeStream.fromReadable<Uint8Array, ObjectStoreError>({
              evaluate: () => Body,
              onError: (error) => failed("get", error)
            })
          )
        })
      )

const removeBatch = Effect.fnUntraced(function* (call: Call, Bucket: string, keys: ReadonlyArray<string>) {
  const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true }
  const { Errors = [] } = yield* call("remove", ({ sdk, client }, options) =>
    client.send(new sdk.DeleteObjectsCommand({ Bucket, Delete }), options)
  )
  const [first] = Errors
  if (first !== undefined) return yield* failed("remove", new Error(`${first.Code}: ${first.Message} (${first.Key})`))
})

const listOf = (call: Call, Bucket: string, Prefix: string) =>
  Stream.paginate<string | undefined, ListedObject, ObjectStoreError>(undefined, (token) =>
    call("list", ({ sdk, client }, options) => {
      const page = { Bucket, Prefix, ...(token === undefined ? {} : { ContinuationToken: token }) }
      return client.send(new sdk.ListObjectsV2Command(page), options)
    }).pipe(
      Effect.map(({ Contents = [], NextContinuationToken }) => [
        Contents.map(({ Key = "", Size = 0, ETag, LastModified = new Date(0) }) => ({
          key: Key,
          size: Size,
          etag: bare(ETag),
          modified: LastModified
        })),
        NextContinuationToken === undefined ? Option.none() : Option.some(NextContinuationToken)
      ])
    )
  )
