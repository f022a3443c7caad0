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
  const failed = (cause: UploadCutOff | UploadExpired) => new ObjectStoreError({ operation: "receive", cause })
  const body = Stream.mapError(sent.body, () => failed(new UploadCutOff()))
  // What arrives later is what nobody would remove.
  const inTime = Stream.drain(Stream.fromEffect(Effect.mapError(requireTime(ticket), failed)))
  yield* store
    .put(ticket.key, Stream.concat(body, inTime), { content_type: ticket.content_type })
    .pipe(
      Effect.catch((error) =>
        Effect.fail(error.cause instanceof UploadCutOff || error.cause instanceof UploadExpired ? error.cause : error)
      )
    )
})

const requireTime = Effect.fnUntraced(function* ({ expires }: UploadTicket) {
  if ((yield* Clock.currentTimeMillis) >= expires * 1000) return yield* new UploadExpired()
})

const check = Effect.fnUntraced(function* (ticket: UploadTicket, { content_type, content_length }: Sent) {
  const { isOurs } = yield* LocalObjects
  if (!isUploadKey(ticket.key) || !(yield* isOurs(ticket))) return yield* new UploadNotAllowed()
  yield* requireTime(ticket)
  if (content_type?.toLowerCase() !== ticket.content_type.toLowerCase()) {
    return yield* mismatch("content-type", `Send ${ticket.content_type}`)
  }
  const details = [{ field: "content-length", message: `Send ${ticket.size} bytes` }]
  if (content_length === undefined) return yield* new UploadLengthRequired({ details })
  if (content_length > ticket.size) return yield* new UploadTooLarge({ details })
  if (content_length < ticket.size) return yield* new UploadMismatch({ details })
})

const mismatch = (field: string, message: string) => new UploadMismatch({ details: [{ field, message }] })
