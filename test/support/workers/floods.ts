/** A worker that something has taken over, and that says more than anybody can keep. */
import { listen, say } from "../../../src/media-worker/channel.ts"

listen(() => {
  const flood = () => say({ type: "progress", percent: 1, more: "x".repeat(1_000_000) }, flood)
  flood()
})
say({ type: "ready" })
