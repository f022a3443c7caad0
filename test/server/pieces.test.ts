/** What files on their way hold of memory: what has gone on is given back before there is much of it. */
import { IncomingMessage } from "node:http"
import { Socket } from "node:net"
import { setImmediate } from "node:timers/promises"
import { assert, describe, it } from "vitest"
import { letGoOfPieces } from "../../src/server/http/pieces.ts"

const megabyte = 1024 * 1024

/** Bytes of buffers that there were more than before, at the most, while 256 MB of a body came in pieces. */
const mostHeld = async (prepare: (request: IncomingMessage) => void) => {
  const request = new IncomingMessage(new Socket())
  request.resume()
  prepare(request)
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  for (let piece = 0; piece < 4096; piece++) {
    request.push(Buffer.from(new ArrayBuffer(64 * 1024)))
    if (piece % 16 !== 0) continue
    await setImmediate()
    most = Math.max(most, process.memoryUsage().arrayBuffers - before)
  }
  return most
}

describe("pieces of files", () => {
  it("are given back when some megabytes of them have passed", async () => {
    const left = await mostHeld(() => {})
    const given = await mostHeld(letGoOfPieces)
    assert.isBelow(given, 20 * megabyte)
    assert.isAbove(left, given)
  })
})
