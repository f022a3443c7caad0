/** A worker that takes more memory at once than the system lets it have. */
process.once("message", () => Buffer.alloc(2_000_000_000, 1))
process.send?.({ type: "ready" })
