import { Server as HttpServer } from "node:http"
import type { AddressInfo, Server } from "node:net"
import { Effect } from "effect"

/** Listens on a free port of this machine until the scope closes: which. */
export const listening = (server: Server) =>
  Effect.acquireRelease(
    Effect.callback<number>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed((server.address() as AddressInfo).port)))
    }),
    () =>
      Effect.sync(() => {
        server.close()
        if (server instanceof HttpServer) server.closeAllConnections()
      })
  )
