/** Signed addresses of our own, to which anybody who has one may PUT what they name until they expire. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto"
import { join } from "node:path"
import { Effect } from "effect"
import { keptOnceDone } from "../../services/keeping.ts"
import type { UploadTicket } from "../../services/media/LocalObjects.ts"
import { keptKey } from "../keyFile.ts"
import { attempt } from "./attempt.ts"

type Unsigned = Omit<UploadTicket, "signature">

/** The key is made with the first ticket, and kept: an address outlives a restart. */
export const makeTickets = Effect.fnUntraced(function* (dataDir: string) {
  const key = yield* keptOnceDone(
    attempt("presign", () => keptKey(join(dataDir, "upload-signing.key"), async () => randomBytes(32).toString("hex")))
  )
  const sign = (ticket: Unsigned) => Effect.map(key, (secret) => signatureOf(secret, ticket))
  const isOurs = ({ signature, ...ticket }: UploadTicket) =>
    Effect.map(sign(ticket), (expected) => {
      const [given, wanted] = [Buffer.from(signature), Buffer.from(expected)]
      return given.length === wanted.length && timingSafeEqual(given, wanted)
    })
  return { sign, isOurs }
})

const signatureOf = (secret: string, { key, content_type, size, expires }: Unsigned) =>
  createHmac("sha256", secret).update(["PUT", key, content_type, size, expires].join("\n")).digest("base64url")

export const ticketQuery = ({ content_type, size, expires, signature }: UploadTicket) =>
  new URLSearchParams({ content_type, size: String(size), expires: String(expires), signature }).toString()
