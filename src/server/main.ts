/** The HTTP process: database, schema, services, listener, in that order; and back again when it is told to stop. */
import { NodeHttpServer, NodeServices } from "@effect/platform-node"
import { ByteSize, Clock, Context, type Duration, Effect, Layer, Logger, References } from "effect"
import { HttpIncomingMessage, HttpPlatform } from "effect/http"
import { App } from "../layers/App.ts"
import { consumers, handlers, schedules } from "../layers/Background.ts"
import { consume } from "../layers/Consuming.ts"
import { OwnAddress } from "../layers/OwnAddress.ts"
import { Settings } from "../layers/Settings.ts"
import { work } from "../layers/Worker.ts"
import { ConsumerRecords } from "../services/events/ConsumerRecords.ts"
import { JobRecords } from "../services/jobs/JobRecords.ts"
import { LocalObjects } from "../services/media/LocalObjects.ts"
import { ObjectStore } from "../services/media/ObjectStore.ts"
import { Reachable } from "../services/Reachable.ts"
import { httpApp } from "./HttpApp.ts"
import { makeAccessLog } from "./http/AccessLog.ts"
import { makeClientAddress } from "./http/ClientAddress.ts"
import { corsOf } from "./http/cors.ts"
import { maxBodyBytes } from "./http/failures.ts"
import { HotPages } from "./http/HotPages.ts"
import { listen } from "./http/Listener.ts"
import { linesTo, toStandardOutput } from "./http/lines.ts"
import { securityHeaders } from "./http/securityHeaders.ts"
import { Draining } from "./http/system.ts"
import { requestsUnderWay } from "./http/underWay.ts"

const Platform = Layer.mergeAll(NodeHttpServer.layerHttpServices, NodeServices.layer)
const Http = Layer.mergeAll(HotPages.layer, Draining.layer)

/** What the HTTP process needs, database included. */
export const Server = Http.pipe(Layer.provideMerge(App), Layer.provideMerge(Platform))

/** Milliseconds that requests under way have to end. */
export const drainTimeout = 20_000

/** Listens until the scope closes; then drains. What is done beside answering begins so much later: first come requests. */
export const listening = Effect.fnUntraced(function* ({ othersAfter }: { readonly othersAfter: Duration.Input }) {
  const settings = yield* Settings
  const hotPages = yield* HotPages
  const draining = yield* Draining
  const requests = requestsUnderWay()
  // Once the listener has drained: whoever was cut off may still be ending a transaction.
  yield* Effect.addFinalizer(() => requests.ended)
  const handler = yield* NodeHttpServer.makeHandler(requests.counted(yield* httpApp), requests).pipe(
    Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(maxBodyBytes)),
    Effect.updateContext(ofRequests)
  )
  if (settings.jobs === "on") {
    const working = work({ handlers: yield* handlers, schedules, schedulesAfter: "10 seconds" })
    yield* Effect.forkScoped(Effect.delay(working, othersAfter))
    yield* Effect.forkScoped(Effect.delay(consume(consumers), othersAfter))
  }
  if (settings.production && settings.rateLimits === "off") yield* Effect.logWarning(limitsAreOff)
  const log = Effect.runForkWith(yield* Effect.context<never>())
  const { listensOn } = yield* OwnAddress
  const listener = yield* listen({
    host: settings.host,
    port: settings.port,
    handler,
    hotPages,
    accessLog: makeAccessLog(settings.accessLog, linesTo(toStandardOutput())),
    clientAddress: makeClientAddress({
      trustedProxies: settings.trustedProxies,
      onUntrusted: () => log(Effect.logWarning(proxyIsNotTrusted))
    }),
    securityHeaders: securityHeaders(settings.production),
    cors: corsOf(settings),
    onUnwritable: (error) => log(Effect.logError("an answer could not be written", error)),
    onDrain: Effect.andThen(
      Effect.sync(() => {
        draining.value = true
      }),
      Effect.sleep(settings.drainDelay * 1000)
    ),
    drainTimeout
  })
  listensOn(listener.port)
  return listener
})

type OfRequests =
  | HttpPlatform.HttpPlatform
  | Settings
  | Reachable
  | Draining
  | ObjectStore
  | LocalObjects
  | JobRecords
  | ConsumerRecords

/** What every request's context begins as: it is copied for each, so that it is no more than they need. */
const ofRequests = (all: Context.Context<OfRequests>) =>
  Context.pick(
    Clock.Clock,
    Logger.CurrentLoggers,
    References.MinimumLogLevel,
    References.TracerEnabled,
    HttpPlatform.HttpPlatform,
    Settings,
    Reachable,
    Draining,
    ObjectStore,
    LocalObjects,
    JobRecords,
    ConsumerRecords
  )(all)

const limitsAreOff = "RATE_LIMITS=off: whoever knows a phone may try order numbers, and read lists, without end."
const proxyIsNotTrusted =
  "A proxy on this machine sends X-Forwarded-For, which is not believed: every client counts as one. " +
  "Set TRUSTED_PROXIES=127.0.0.1,::1 if it is yours."
