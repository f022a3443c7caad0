/** The object store of embedded mode: files under the data directory, which our own server serves and takes in. */
import { join } from "node:path"
import { NodeStream } from "@effect/platform-node"
import { Clock, Context, Effect, Layer, Option, Stream } from "effect"
import { LocalObjects } from "../services/media/LocalObjects.ts"
import { type ByteRange, type ObjectInfo, ObjectStore, ObjectStoreError } from "../services/media/ObjectStore.ts"
import { requireKeys, requirePrefix, requirePresignable } from "../services/media/objectKey.ts"
import { rangeWithin } from "../services/media/range.ts"
import { passing } from "../services/outsideHeap.ts"
import { attempt } from "./disk-objects/attempt.ts"
import { infoOf, openObject, removeAt, walk } from "./disk-objects/places.ts"
import { makeTickets, ticketQuery } from "./disk-objects/tickets.ts"
import { sweep, write } from "./disk-objects/write.ts"
import { OwnAddress } from "./OwnAddress.ts"

export const objectsIn = (dataDir: string) => join(dataDir, "objects")

export const layer = (dataDir: string) =>
  Layer.effectContext(
    Effect.gen(function* () {
      const { origin } = yield* OwnAddress
      const tickets = yield* makeTickets(dataDir)
      const root = objectsIn(dataDir)

      const find = (operation: string, key: string) =>
        Effect.map(
          attempt(operation, () => infoOf(root, key)),
          Option.fromUndefinedOr
        )

      const store = ObjectStore.of({
        put: (key, body, { content_type }) => Effect.andThen(requireKeys(key), write(root, key, body, content_type)),
        head: (key) => Effect.andThen(requireKeys(key), find("head", key)),
        get: Effect.fnUntraced(function* (key, asked) {
          yield* requireKeys(key)
          const info = Option.getOrUndefined(yield* find("get", key))
          const range = info && rangeWithin(info.size, asked)
          if (info === undefined || range === "none") return Option.none()
          return Option.some({ ...info, range, body: bytesOf(root, info, range) })
        }),
        copy: Effect.fnUntraced(function* (from, to, { content_type }) {
          yield* requireKeys(from, to)
          const info = yield* find("copy", from)
          if (Option.isNone(info)) return yield* failed("copy", new Error(`${from} is not there`))
          return yield* write(root, to, bytesOf(root, info.value, undefined), content_type)
        }),
        remove: (keys) =>
          Effect.andThen(
            requireKeys(...keys),
            Effect.forEach(keys, (key) => attempt("remove", () => removeAt(root, key)), {
              discard: true,
              concurrency: 8
            })
          ),
        list: (prefix) =>
          Stream.fromAsyncIterable({ [Symbol.asyncIterator]: () => walk(root, prefix) }, (cause) =>
            failed("list", cause)
          ).pipe((found) => Stream.unwrap(Effect.as(requirePrefix(prefix), found))),
        publicUrl: (key) => `${origin()}/media/${key}`,
        presignPut: Effect.fnUntraced(function* (key, { content_type, size, seconds }) {
          yield* requirePresignable(key, { seconds, size })
          const expires = Math.floor((yield* Clock.currentTimeMillis) / 1000) + seconds
          const signature = yield* tickets.sign({ key, content_type, size, expires })
          return {
            url: `${origin()}/${key}?${ticketQuery({ key, content_type, size, expires, signature })}`,
            headers: { "content-type": content_type, "content-length": String(size) },
            expires_at: new Date(expires * 1000)
          }
        })
      })

      const prune = Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.promise(() => sweep(root, now)))
      return Context.make(ObjectStore, store).pipe(
        Context.add(LocalObjects, LocalObjects.of({ isServedHere: true, isOurs: tickets.isOurs, prune }))
      )
    })
  )

const failed = (operation: string, cause: unknown) => new ObjectStoreError({ operation, cause })

/** Opened when it is read: whoever only looks at the rest leaves no file open. */
const bytesOf = (root: string, info: ObjectInfo, range: ByteRange | undefined) => {
  const { start, end } = range ?? { start: 0, end: info.size - 1 }
  const opened = Effect.acquireRelease(
    attempt("get", () => openObject(root, info.key)),
    (object) => Effect.promise(async () => object?.file.close())
  )
  return Stream.unwrap(
    Effect.gen(function* () {
      const object = yield* opened
      if (object?.info.etag !== info.etag) return yield* failed("get", new Error(`${info.key} was changed meanwhile`))
      if (end < start) return Stream.empty
      return passing(
        NodeStream.fromReadable<Uint8Array, ObjectStoreError>({
          evaluate: () => object.file.createReadStream({ start, end, autoClose: false }),
          onError: (cause) => failed("get", cause)
        })
      )
    })
  )
}
