import { Context, Effect, type Option, Schema, type Stream } from "effect"
import { Unavailable } from "../errors.ts"

/** The store cannot be reached or refuses: worth another try, and not the caller's fault. */
export class ObjectStoreError extends Schema.TaggedError<ObjectStoreError>()("ObjectStoreError", {
  operation: Schema.String,
  cause: Schema.Defect()
}) {
  override get message() {
    return `The object store failed at ${this.operation}: ${this.cause instanceof Error ? this.cause.message : this.cause}`
  }
}

/** A body that is at hand, or one that comes piece by piece and is never held whole. */
export type ObjectBody = Uint8Array | Stream.Stream<Uint8Array, ObjectStoreError>

export type ObjectInfo = {
  readonly key: string
  /** Bytes. */
  readonly size: number
  readonly content_type: string
  /** Without quotes. The same for the same bytes under the same key. */
  readonly etag: string
  readonly modified: Date
}

/** A list tells no types: stores of S3's kind would have to be asked for each object's. */
export type ListedObject = Omit<ObjectInfo, "content_type">

/** Bytes from `start` to `end`, both of them included. */
export type ByteRange = { readonly start: number; readonly end: number }

export type StoredObject = ObjectInfo & {
  /** What of it is in `body`; undefined: all of it. */
  readonly range: ByteRange | undefined
  readonly body: Stream.Stream<Uint8Array, ObjectStoreError>
}

export type PresignedPut = {
  readonly url: string
  /** What the client must send with it, exactly. */
  readonly headers: Readonly<Record<string, string>>
  readonly expires_at: Date
}

/**
 * Where pictures and videos are. Keys are ours: `[a-z0-9/_.-]`, no `..`, no leading slash, 200 characters at most (`objectKey.ts`).
 * A key is written once and never changes, so that anybody may keep what it names for ever; except those below
 * `uploads/`, which clients write and nothing serves.
 */
export class ObjectStore extends Context.Service<
  ObjectStore,
  {
    /** Writes an object, whole or not at all. */
    readonly put: (
      key: string,
      body: ObjectBody,
      options: { readonly content_type: string }
    ) => Effect.Effect<ObjectInfo, ObjectStoreError>
    readonly head: (key: string) => Effect.Effect<Option.Option<ObjectInfo>, ObjectStoreError>
    /** The object, or a part of it. A range that begins past the end is none. */
    readonly get: (key: string, range?: ByteRange) => Effect.Effect<Option.Option<StoredObject>, ObjectStoreError>
    /** Copies within the store, under another key. The source has to be there. */
    readonly copy: (
      from: string,
      to: string,
      options: { readonly content_type: string }
    ) => Effect.Effect<ObjectInfo, ObjectStoreError>
    /** Deletes what is there of these. */
    readonly remove: (keys: ReadonlyArray<string>) => Effect.Effect<void, ObjectStoreError>
    /** Every object whose key begins with this, by key. */
    readonly list: (prefix: string) => Stream.Stream<ListedObject, ObjectStoreError>
    /** Where anybody reads an object. */
    readonly publicUrl: (key: string) => string
    /**
     * An address to which one body of exactly this size and type can be PUT until it expires (10 minutes at most). It
     * can be used again until then: what it writes is below `uploads/`, and is copied away before anything serves it.
     */
    readonly presignPut: (
      key: string,
      options: { readonly content_type: string; readonly size: number; readonly seconds: number }
    ) => Effect.Effect<PresignedPut, ObjectStoreError>
  }
>()("zst/media/ObjectStore") {}

/** Logged here, as the caller learns no more than that it may try again. */
export const orUnavailable = <A, R>(effect: Effect.Effect<A, ObjectStoreError, R>) =>
  effect.pipe(
    Effect.tapError((error) => Effect.logError("the object store failed", error)),
    Effect.mapError(() => new Unavailable({ retry_after: 5 }))
  )
