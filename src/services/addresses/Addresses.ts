import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import type { AccountClosed } from "../auth/errors.ts"
import type { UserId } from "../auth/model.ts"
import { People } from "../auth/People.ts"
import { deleted } from "../deleted.ts"
import { Wilayas } from "../delivery/Wilayas.ts"
import { invalidField, type ValidationFailed } from "../errors.ts"
import { jsonOf } from "../json.ts"
import { type Deleted, isUuid } from "../model.ts"
import { sqlOrDie } from "../sql.ts"
import { type Encoded, readAll, readFirst, type Written } from "../wire.ts"
import { AddressNotFound, TooManyAddresses } from "./errors.ts"
import { Address, AddressId, type PutAddress } from "./model.ts"
import { defaultWith, defaultWithout, hasRoomFor, type Kept } from "./policy.ts"

export class Addresses extends Context.Service<
  Addresses,
  {
    /** All of a user's addresses as wire JSON: the default, then the newest first. */
    readonly list: (owner: UserId) => Effect.Effect<Encoded<ReadonlyArray<Address>>>
    readonly get: (owner: UserId, id: string) => Effect.Effect<Encoded<Address>, AddressNotFound>
    /** Creates or replaces the address with this id. */
    readonly put: (
      owner: UserId,
      id: string,
      input: PutAddress
    ) => Effect.Effect<Written<Address>, AddressNotFound | TooManyAddresses | ValidationFailed | AccountClosed>
    readonly remove: (owner: UserId, id: string) => Effect.Effect<Encoded<Deleted>, AddressNotFound | AccountClosed>
  }
>()("zst/addresses/Addresses") {
  static readonly layer = Layer.effect(
    Addresses,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const people = yield* People
      const wilayas = yield* Wilayas

      const list = Effect.fn("Addresses.list")(
        (owner: UserId) =>
          readAll(
            addressJson,
            (json) => sql`
              SELECT ${json} FROM addresses a WHERE a.user_id = ${owner}
              ORDER BY a.is_default DESC, a.created_at DESC, a.id DESC`
          ),
        Effect.orDie
      )

      const get = Effect.fn("Addresses.get")(function* (owner: UserId, id: string) {
        if (!isUuid(id)) return yield* new AddressNotFound()
        return yield* readFirst(
          addressJson,
          (json) => sql`SELECT ${json} FROM addresses a WHERE a.id = ${id} AND a.user_id = ${owner}`,
          () => new AddressNotFound()
        )
      }, sqlOrDie)

      // Every change begins here: the owner is locked, so what is read now holds until the change is made.
      const hold = Effect.fnUntraced(function* (owner: UserId) {
        yield* people.hold(owner)
        const kept: Kept = yield* sql<Kept[number]>`
          SELECT id, is_default FROM addresses WHERE user_id = ${owner} ORDER BY created_at DESC, id DESC`
        return kept
      })

      // An id that is another user's is left alone, and answered as absent.
      const upsert = Effect.fnUntraced(function* (owner: UserId, id: AddressId, input: Omit<PutAddress, "is_default">) {
        const row = { label: null, notes: null, ...input }
        const replaced = Object.keys(row).map((name) => sql`${sql(name)} = ${sql(`excluded.${name}`)}`)
        const written = yield* sql`
          INSERT INTO addresses ${sql.insert({ id, user_id: owner, ...row })}
          ON CONFLICT (id) DO UPDATE SET ${sql.csv(replaced)}, updated_at = excluded.updated_at
          WHERE addresses.user_id = excluded.user_id
          RETURNING id`
        if (written.length === 0) return yield* new AddressNotFound()
      })

      // The index checks every row as it is written, so the former default goes first.
      const makeDefault = Effect.fnUntraced(function* (owner: UserId, id: AddressId) {
        yield* sql`
          UPDATE addresses SET is_default = false, updated_at = clock_timestamp()
          WHERE user_id = ${owner} AND is_default AND id <> ${id}`
        yield* sql`
          UPDATE addresses SET is_default = true, updated_at = clock_timestamp() WHERE id = ${id} AND NOT is_default`
      })

      const put = Effect.fn("Addresses.put")(
        function* (owner: UserId, pathId: string, { is_default, ...input }: PutAddress) {
          if (!isUuid(pathId)) return yield* invalidField("id", "Expected a UUID, which the client makes")
          const id = AddressId.make(pathId.toLowerCase())
          yield* wilayas.named(input.wilaya_code, "wilaya_code")
          const kept = yield* hold(owner)
          if (!hasRoomFor(kept, id)) return yield* new TooManyAddresses()
          yield* upsert(owner, id, input)
          yield* makeDefault(owner, defaultWith(kept, id, is_default))
          return { created: kept.every((address) => address.id !== id), data: yield* get(owner, id) }
        },
        sql.withTransaction,
        sqlOrDie
      )

      const remove = Effect.fn("Addresses.remove")(
        function* (owner: UserId, pathId: string) {
          const id = AddressId.make(pathId.toLowerCase())
          const kept = yield* hold(owner)
          if (kept.every((address) => address.id !== id)) return yield* new AddressNotFound()
          yield* sql`DELETE FROM addresses WHERE id = ${id}`
          const next = defaultWithout(kept, id)
          if (next !== undefined) yield* makeDefault(owner, next)
          return deleted(id)
        },
        sql.withTransaction,
        sqlOrDie
      )

      return Addresses.of({ list, get, put, remove })
    })
  )
}

const addressJson = jsonOf(Address, "a")
