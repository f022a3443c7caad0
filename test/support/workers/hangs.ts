/** A worker that promises a second of video and then answers nothing, not even that the server is gone. */
process.on("message", ({ type }: { readonly type: string }) => {
  if (type === "process") {
    process.send?.({ type: "probed", probe: { duration_ms: 1000, width: 64, height: 64 } })
    process.send?.({ type: "progress", percent: 1 }, undefined, {}, () => {
      while (true) {}
    })
  }
})
process.send?.({ type: "ready" })
