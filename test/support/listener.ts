import { Effect, Layer } from "effect"
import type { AccessLog } from "../../src/server/http/AccessLog.ts"
import { corsOf } from "../../src/server/http/cors.ts"
import { HotPages } from "../../src/server/http/HotPages.ts"
import { type Handler, listen } from "../../src/server/http/Listener.ts"
import { Freshness } from "../../src/services/catalog/Freshness.ts"

export const Pages = HotPages.layer.pipe(Layer.provideMerge(Freshness.layer))

/** The server that ZST listens with, before this handler, until the scope closes. */
export const listenWith = Effect.fnUntraced(function* (
  handler: Handler,
  {
    drainTimeout = 30_000,
    onDrain = Effect.void,
    accessLog = { line: () => {}, close: Effect.void },
    clientAddress = () => "127.0.0.1"
  }: {
    drainTimeout?: number
    onDrain?: Effect.Effect<void>
    accessLog?: AccessLog
    clientAddress?: () => string
  } = {}
) {
  return yield* listen({
    host: "127.0.0.1",
    port: 0,
    handler,
    hotPages: yield* HotPages,
    accessLog,
    clientAddress,
    securityHeaders: [],
    cors: corsOf({ corsOrigins: [], production: false }),
    onDrain,
    onUnwritable: () => {},
    drainTimeout
  })
})
