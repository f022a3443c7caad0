/** A worker that takes ever more memory. */
const taken: Array<Buffer> = []
process.once("message", () => {
  setInterval(() => taken.push(Buffer.alloc(20_000_000, 1)), 5)
})
process.send?.({ type: "ready" })
