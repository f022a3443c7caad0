/** Names of requests in answers and logs, for those that come without one. */
import { randomInt, randomUUID } from "node:crypto"

const rounds = 2 ** 32

/** What all names of this process begin with: a UUID of version 8, whose digits mean what their maker says. */
const prefix = randomUUID()
  .replace(/^(.{14})./, "$18")
  .slice(0, -12)

/** Odd, so that no place comes twice in a round; and nobody reads from a name how many requests there were. */
const stride = 2 * randomInt(rounds / 2) + 1

/** What a byte is written as: a table is read in a twentieth of the time in which a number is written. */
const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"))

const pairAt = (place: number, byte: number) => pairs[(place >>> (8 * byte)) & 255] ?? ""

let count = 0

/** A UUID that no other request has. It is no secret, and costs a fraction of a random one. */
export const newRequestId = () => {
  count++
  const round = Math.floor(count / rounds).toString(16)
  const place = Math.imul(count, stride)
  return prefix + round.padStart(4, "0") + pairAt(place, 3) + pairAt(place, 2) + pairAt(place, 1) + pairAt(place, 0)
}
