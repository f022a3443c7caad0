/** A worker that promises a second of video and then answers nothing, not even that the server is gone. */
import { listen, say } from "../../../src/media-worker/channel.ts"

listen(({ type }: { readonly type: string }) => {
  if (type !== "process") return
  say({ type: "probed", probe: { duration_ms: 1000, width: 64, height: 64 } })
  say({ type: "progress", percent: 1 }, () => {
    while (true) {}
  })
})
say({ type: "ready" })
