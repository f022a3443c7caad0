/** A guest's secret key to a cart or an order. */
import { createHash, timingSafeEqual } from "node:crypto"
import { SecureRandom } from "effect/crypto"
import { Base64Url } from "effect/encoding"

export const newToken = () => Base64Url.encode(SecureRandom.randomBytesUnsafe(16))

/** All that is kept of a token. */
export const hashOf = (token: string): Uint8Array => createHash("sha256").update(token).digest()

export const matches = (token: string | undefined, hash: Uint8Array | null) =>
  token !== undefined && hash !== null && timingSafeEqual(hashOf(token), hash)
