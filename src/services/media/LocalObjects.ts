import { Context, type Effect } from "effect"
import type { ObjectStoreError } from "./ObjectStore.ts"

/** What the address of a presigned upload says: who has it may write this, and nothing else. */
export type UploadTicket = {
  readonly key: string
  readonly content_type: string
  readonly size: number
  /** Seconds since 1970. */
  readonly expires: number
  readonly signature: string
}

/** The store as far as this server stands in front of it: it serves the objects and takes uploads in. */
export class LocalObjects extends Context.Service<
  LocalObjects,
  {
    /** False where the store has addresses of its own. */
    readonly isServedHere: boolean
    /** Whether we gave this ticket out, expired or not. */
    readonly isOurs: (ticket: UploadTicket) => Effect.Effect<boolean, ObjectStoreError>
    /** Deletes what writes that were cut off have left behind: how many. */
    readonly prune: Effect.Effect<number>
  }
>()("zst/media/LocalObjects") {}
