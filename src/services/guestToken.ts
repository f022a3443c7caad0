/** A guest's secret key to a cart or an order. */
import { createHash, randomFillSync, timingSafeEqual } from "node:crypto"

const length = 16

/** Random bytes come by the page: to ask for sixteen of them costs as much as all else that is done for an order's token. */
const page = Buffer.alloc(256 * length)
let next = page.length

export const newToken = () => {
  if (next === page.length) {
    randomFillSync(page)
    next = 0
  }
  const bytes = page.subarray(next, next + length)
  next += length
  return bytes.toString("base64url")
}

/** All that is kept of a token. */
export const hashOf = (token: string): Uint8Array => createHash("sha256").update(token).digest()

export const matches = (token: string | undefined, hash: Uint8Array | null) =>
  token !== undefined && hash !== null && timingSafeEqual(hashOf(token), hash)
