import { Clock, Effect, Stream } from "effect"
import { LocalObjects, type UploadTicket } from "./LocalObjects.ts"
import { ObjectStore, ObjectStoreError } from "./ObjectStore.ts"
import { isUploadKey } from "./objectKey.ts"
import {
  UploadCutOff,
  UploadExpired,
  UploadLengthRequired,
  UploadMismatch,
  UploadNotAllowed,
  UploadTooLarge
} from "./uploadErrors.ts"

type Sent = {
  readonly content_type: string | undefined
  readonly content_length: number | undefined
  readonly body: Stream.Stream<Uint8Array, unknown>
}

/** Stores what a client sends to an address that we gave out, if it is that and nothing else. */
export const receiveUpload = Effect.fn("receiveUpload")(function* (ticket: UploadTicket, sent: Sent) {
  yield* check(ticket, sent)
  const store = yield* ObjectStore
  const body = Stream.mapError(
    sent.body,
    () => new ObjectStoreError({ operation: "receive", cause: new UploadCutOff() })
  )
  yield* store.put(ticket.key, body, { content_type: ticket.content_type }).pipe(
    Effect.catchIf(
      ({ cause }) => cause instanceof UploadCutOff,
      () => new UploadCutOff()
    )
  )
})

const check = Effect.fnUntraced(function* (ticket: UploadTicket, { content_type, content_length }: Sent) {
  const { isOurs } = yield* LocalObjects
  if (!isUploadKey(ticket.key) || !(yield* isOurs(ticket))) return yield* new UploadNotAllowed()
  if ((yield* Clock.currentTimeMillis) >= ticket.expires * 1000) return yield* new UploadExpired()
  if (content_type?.toLowerCase() !== ticket.content_type.toLowerCase()) {
    return yield* mismatch("content-type", `Send ${ticket.content_type}`)
  }
  const details = [{ field: "content-length", message: `Send ${ticket.size} bytes` }]
  if (content_length === undefined) return yield* new UploadLengthRequired({ details })
  if (content_length > ticket.size) return yield* new UploadTooLarge({ details })
  if (content_length < ticket.size) return yield* new UploadMismatch({ details })
})

const mismatch = (field: string, message: string) => new UploadMismatch({ details: [{ field, message }] })
