import { connect, createServer, type Socket } from "node:net"
import { Effect } from "effect"

/** Passes on what is sent to `url`, until it is told to keep it to itself: on the connections there are by then. */
export const between = Effect.fnUntraced(function* (url: string) {
  const to = new URL(url)
  const pairs: Array<readonly [Socket, Socket]> = []
  const server = createServer((from) => {
    const there = connect(Number(to.port), to.hostname)
    pairs.push([from, there])
    from.pipe(there).pipe(from)
    for (const socket of [from, there]) socket.on("error", () => {})
  })
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.void))
    }),
    () =>
      Effect.sync(() => {
        for (const pair of pairs) for (const socket of pair) socket.destroy()
        server.close()
      })
  )
  const via = new URL(url)
  const address = server.address()
  via.hostname = "127.0.0.1"
  via.port = String(typeof address === "object" ? address?.port : "")
  const silence = Effect.sync(() => {
    for (const [from, there] of pairs) {
      from.unpipe(there)
      there.unpipe(from)
      from.pause()
      there.pause()
    }
  })
  return { url: via.toString(), silence, connections: () => pairs.length }
})
