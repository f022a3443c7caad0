/** What is kept of a keyed request tells nothing to who has the database alone. */
import { createCipheriv, createDecipheriv, createHash } from "node:crypto"
import { deflateRawSync, inflateRawSync } from "node:zlib"
import { SecureRandom } from "effect/crypto"
import type { KeyedRequest } from "./model.ts"

const cipher = "aes-256-gcm"
const ivLength = 12
const tagLength = 16

const sha256 = (...parts: ReadonlyArray<string | Uint8Array>): Uint8Array => {
  const hash = createHash("sha256")
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** Where a request is kept, what it asked for, and the secret of its answer, which is not kept. */
export const digestsOf = ({ caller, route, key, query, body }: KeyedRequest) => {
  const identity = JSON.stringify([caller, route, key])
  return {
    key: sha256("key\0", identity),
    request: sha256(query, "\0", body),
    secret: sha256("secret\0", identity)
  }
}

export const seal = (secret: Uint8Array, body: Uint8Array): Uint8Array => {
  const iv = SecureRandom.randomBytesUnsafe(ivLength)
  const sealing = createCipheriv(cipher, secret, iv)
  // An answer may be a hundred times its request: what is kept of it is small.
  const sealed = [sealing.update(deflateRawSync(body)), sealing.final()]
  return Buffer.concat([iv, sealing.getAuthTag(), ...sealed])
}

/** Throws when it was sealed with another secret. */
export const unseal = (secret: Uint8Array, sealed: Uint8Array): Uint8Array => {
  const start = ivLength + tagLength
  const opening = createDecipheriv(cipher, secret, sealed.subarray(0, ivLength))
  opening.setAuthTag(sealed.subarray(ivLength, start))
  return inflateRawSync(Buffer.concat([opening.update(sealed.subarray(start)), opening.final()]))
}
