import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError, type Statement } from "effect/sql"
import { Audit } from "../audit/Audit.ts"
import type { AccountClosed } from "../auth/errors.ts"
import type { Caller, UserId } from "../auth/model.ts"
import { People } from "../auth/People.ts"
import { deleted } from "../deleted.ts"
import { type Deleted, isUuid } from "../model.ts"
import { sqlOrDie } from "../sql.ts"
import { Uses } from "../Uses.ts"
import { type Encoded, encode } from "../wire.ts"
import { MediaInUse, MediaNotFound, TooManyUploads } from "./errors.ts"
import { maxUnusedUploads, uploadIsOverSeconds } from "./limits.ts"
import { keysOf, type MediaRow, mediaColumns, mediaOf } from "./mediaSql.ts"
import { Media } from "./model.ts"
import { ObjectStore } from "./ObjectStore.ts"
import { hasRoom, mayReach } from "./policy.ts"
import { Removals } from "./Removals.ts"

/** What is kept of uploads: rows, and the objects that go with them. How they come is `VideoUploads`, `PresignedUploads`. */
export class MediaFiles extends Context.Service<
  MediaFiles,
  {
    readonly get: (caller: Caller, id: string) => Effect.Effect<Encoded<Media>, MediaNotFound>
    readonly remove: (
      caller: Caller,
      id: string
    ) => Effect.Effect<Encoded<Deleted>, MediaNotFound | MediaInUse | AccountClosed>
    /** Lets go of everything of a user's that nothing shows, in the caller's transaction. */
    readonly eraseOf: (user: UserId) => Effect.Effect<void, SqlError.SqlError>
    /** The row, for whoever may reach it. */
    readonly find: (caller: Caller, id: string) => Effect.Effect<MediaRow, MediaNotFound>
    readonly shown: (row: MediaRow) => Encoded<Media>
    /** Writes down what an administrator does with somebody else's, in the caller's transaction. */
    readonly audited: (
      caller: Caller,
      row: MediaRow,
      action: `media.${string}`,
      after: MediaRow | null
    ) => Effect.Effect<void, SqlError.SqlError>
    /** Holds the user in the caller's transaction, so that the uploads of one user take turns. */
    readonly requireRoom: (owner: UserId) => Effect.Effect<void, TooManyUploads | AccountClosed | SqlError.SqlError>
    /**
     * Deletes those rows of media m that nothing uses, in the caller's transaction, and their objects after it. Says how
     * many there were.
     */
    readonly letGo: (condition: Statement.Fragment) => Effect.Effect<number, SqlError.SqlError>
  }
>()("zst/media/MediaFiles") {
  static readonly layer = Layer.effect(
    MediaFiles,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const people = yield* People
      const audit = yield* Audit
      const store = yield* ObjectStore
      const removals = yield* Removals
      const isUnused = sql.literal((yield* Uses).isUnused("media", "m"))
      const columns = sql.literal(mediaColumns)

      const shown = (row: MediaRow) => encodeMedia(mediaOf(row, store.publicUrl))

      const find = Effect.fn("MediaFiles.find")(function* (caller: Caller, id: string) {
        const [row] = isUuid(id) ? yield* sql<MediaRow>`SELECT ${columns} FROM media m WHERE m.id = ${id}` : []
        return row !== undefined && mayReach(caller, row) ? row : yield* new MediaNotFound()
      }, sqlOrDie)

      const audited = Effect.fn("MediaFiles.audited")(
        (caller: Caller, row: MediaRow, action: `media.${string}`, after: MediaRow | null) =>
          caller.id === row.owner_id
            ? Effect.void
            : audit.record(
                { id: caller.id, name: "admin" },
                {
                  action,
                  subject_id: row.id,
                  about: row.owner_id,
                  before: { kind: row.kind, status: row.status },
                  after: after && { kind: after.kind, status: after.status }
                }
              )
      )

      const requireRoom = Effect.fn("MediaFiles.requireRoom")(function* (owner: UserId) {
        yield* people.hold(owner)
        const unused = sql`
          SELECT FROM media m WHERE m.owner_id = ${owner} AND m.status <> 'failed'
            AND ${isUnused} LIMIT ${maxUnusedUploads}`
        if (hasRoom((yield* unused).length)) return
        // An app that asked, and sent nothing or never said that it did, does not shut its user out.
        yield* letGo(sql`m.owner_id = ${owner} AND m.status = 'uploading'
          AND greatest(m.created_at, m.claimed_at) < now() - ${uploadIsOverSeconds} * interval '1 second'`)
        if (!hasRoom((yield* unused).length)) return yield* new TooManyUploads()
      })

      const get = Effect.fn("MediaFiles.get")((caller: Caller, id: string) => Effect.map(find(caller, id), shown))

      const letGo = Effect.fn("MediaFiles.letGo")(function* (condition: Statement.Fragment) {
        // What is put somewhere at this moment is known to be used by the next statement.
        yield* sql`SELECT FROM media m WHERE ${condition} ORDER BY m.id FOR UPDATE`
        const gone = yield* sql<MediaRow>`
          DELETE FROM media m WHERE ${condition} AND ${isUnused} RETURNING ${columns}`
        yield* removals.after(gone.flatMap(keysOf))
        return gone.length
      })

      const remove = Effect.fn("MediaFiles.remove")(
        function* (caller: Caller, id: string) {
          const { role } = yield* people.hold(caller.id, "use")
          const found = find({ ...caller, role }, id)
          const row = yield* found
          if ((yield* letGo(sql`m.id = ${row.id}`)) === 0) {
            // Unless another has deleted it meanwhile.
            yield* found
            return yield* new MediaInUse()
          }
          yield* audited(caller, row, "media.delete", null)
          return deleted(row.id)
        },
        sql.withTransaction,
        sqlOrDie
      )

      const eraseOf = Effect.fn("MediaFiles.eraseOf")((user: UserId) => Effect.asVoid(letGo(sql`m.owner_id = ${user}`)))

      return MediaFiles.of({ get, remove, eraseOf, find, shown, audited, requireRoom, letGo })
    })
  )
}

const encodeMedia = encode(Media)
