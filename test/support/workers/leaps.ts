/** A worker that takes more memory at once than the system lets it have. */
import { listen, say } from "../../../src/media-worker/channel.ts"

listen(() => Buffer.alloc(2_000_000_000, 1))
say({ type: "ready" })
