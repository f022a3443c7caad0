/** A worker that something has taken over. */
process.once("message", () => process.send?.({ type: "done", renditions: [{ name: "../../etc/passwd" }] }))
process.send?.({ type: "ready" })
