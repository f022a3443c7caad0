/** A worker that takes ever more memory. */
import { listen, say } from "../../../src/media-worker/channel.ts"

const taken: Array<Buffer> = []
listen(() => {
  setInterval(() => taken.push(Buffer.alloc(20_000_000, 1)), 5)
})
say({ type: "ready" })
