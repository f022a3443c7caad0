/** A worker that something has taken over. */
import { listen, say } from "../../../src/media-worker/channel.ts"

listen(() => say({ type: "done", renditions: [{ name: "../../etc/passwd" }] }))
say({ type: "ready" })
