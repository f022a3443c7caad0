/** The middleware on endpoints of its own. */
import { NodeHttpServer } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Schema } from "effect"
import { HttpClient, HttpRouter } from "effect/http"
import { HttpApi, HttpApiBuilder, HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import { RateLimiter } from "effect/persistence"
import { TestClock } from "effect/testing"
import * as RateLimitStore from "../../src/layers/RateLimitStore.ts"
import { Settings } from "../../src/layers/Settings.ts"
import { ErrorEnvelope } from "../../src/server/middleware/ErrorEnvelope.ts"
import { Limits } from "../../src/server/middleware/limits.ts"
import { RateLimitExceeded, RateLimiting } from "../../src/server/middleware/RateLimiting.ts"
import { RateLimits } from "../../src/server/middleware/RateLimits.ts"
import { Unavailable } from "../../src/services/errors.ts"
import type { Limit } from "../../src/services/limits.ts"

const limits: ReadonlyArray<Limit> = [
  { name: "all", limit: 5, window: 60, counts: "requests", key: () => "everybody" },
  { name: "each", limit: 2, window: 60, counts: "requests", key: ({ headers }) => headers["x-who"] },
  { name: "work", limit: 3, window: 60, counts: "requests" },
  { name: "heavy", limit: 2, window: 60, counts: "requests" }
]

const endpoint = HttpApiEndpoint.get("ping", "/ping", { success: HttpApiSchema.NoContent }).annotate(Limits, [
  "all",
  "each"
])
const work = HttpApiEndpoint.get("work", "/work/:end", {
  params: { end: Schema.Literals(["done", "refused", "left"]) },
  success: HttpApiSchema.NoContent,
  error: [Unavailable, RateLimitExceeded]
})
const heavy = HttpApiEndpoint.get("heavy", "/heavy", { success: HttpApiSchema.NoContent, error: RateLimitExceeded })
const Api = HttpApi.make("test")
  .add(HttpApiGroup.make("test").add(endpoint, work, heavy))
  .middleware(RateLimits)
  .middleware(ErrorEnvelope)

/** How work ends that takes from a limit. */
const ends = { done: Effect.void, refused: Effect.fail(new Unavailable({ retry_after: 1 })), left: Effect.interrupt }

const Handlers = HttpApiBuilder.group(
  Api,
  "test",
  Effect.fnUntraced(function* (handlers) {
    const { once } = yield* RateLimiting
    return handlers.handleAll({
      ping: () => Effect.void,
      heavy: () => once("heavy", "everybody", () => 4)(Effect.void),
      work: ({ params }) => once("work", "everybody")(ends[params.end])
    })
  })
)

const serverOver = (store: typeof RateLimitStore.layer, settings: Record<string, string> = {}) =>
  HttpRouter.serve(
    HttpApiBuilder.layer(Api).pipe(
      Layer.provide(Handlers),
      Layer.provide([RateLimits.layer, ErrorEnvelope.layer]),
      Layer.provide(RateLimiting.layerOf(limits)),
      Layer.provide([store, Settings.layer]),
      Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(settings)))
    ),
    { disableLogger: true, disableListenLog: true }
  ).pipe(Layer.provideMerge(NodeHttpServer.layerTest))

const ping = (who: string) => HttpClient.get("/ping", { headers: { "x-who": who } })

it.effect("a limit of requests counts each of them, and opens again", () =>
  Effect.gen(function* () {
    const first = yield* ping("a")
    assert.strictEqual(first.status, 204)
    assert.strictEqual(first.headers.ratelimit, '"test";r=2999;t=1, "all";r=4;t=12, "each";r=1;t=30')
    assert.strictEqual(first.headers["ratelimit-policy"], '"test";q=3000;w=60, "all";q=5;w=60, "each";q=2;w=60')
    assert.strictEqual((yield* ping("a")).status, 204)
    const refused = yield* ping("a")
    assert.strictEqual(refused.status, 429)
    assert.strictEqual(refused.headers["retry-after"], "30")
    const { error } = yield* refused.json as Effect.Effect<any>
    assert.deepInclude(error, { code: "RATE_LIMIT_EXCEEDED", retry_after: 30 })
    assert.strictEqual((yield* ping("b")).status, 204)
    yield* TestClock.adjust("1 minute")
    assert.strictEqual((yield* ping("a")).status, 204)
  }).pipe(Effect.provide(serverOver(RateLimitStore.layer)))
)

it.effect("whoever has used up the first budget takes nothing from the next", () =>
  Effect.gen(function* () {
    for (const who of ["a", "b", "c", "d", "e"]) assert.strictEqual((yield* ping(who)).status, 204)
    for (let n = 0; n < 5; n++) assert.strictEqual((yield* ping("f")).status, 429)
    yield* TestClock.adjust("1 minute")
    const { headers } = yield* ping("f")
    assert.include(headers.ratelimit, '"each";r=1')
  }).pipe(Effect.provide(serverOver(RateLimitStore.layer)))
)

it.effect("work that is refused takes nothing; what is cut off may have been done, and takes", () =>
  Effect.gen(function* () {
    const end = (how: keyof typeof ends) => HttpClient.get(`/work/${how}`)
    for (let n = 0; n < 5; n++) assert.strictEqual((yield* end("refused")).status, 503)
    for (let n = 0; n < 2; n++) yield* end("left")
    assert.strictEqual((yield* end("done")).status, 204)
    assert.strictEqual((yield* end("done")).status, 429)
  }).pipe(Effect.provide(serverOver(RateLimitStore.layer)))
)

it.effect("work that weighs more than is left is owed", () =>
  Effect.gen(function* () {
    const heavy = HttpClient.get("/heavy")
    assert.strictEqual((yield* heavy).status, 204)
    yield* TestClock.adjust("1 minute")
    // It was four, of two a minute.
    assert.strictEqual((yield* heavy).status, 429)
    yield* TestClock.adjust("31 seconds")
    assert.strictEqual((yield* heavy).status, 204)
  }).pipe(Effect.provide(serverOver(RateLimitStore.layer)))
)

it.effect("nothing is limited or told where limits are off", () =>
  Effect.gen(function* () {
    for (let n = 0; n < 10; n++) {
      const { status, headers } = yield* ping("a")
      assert.strictEqual(status, 204)
      assert.notProperty(headers, "ratelimit")
    }
  }).pipe(Effect.provide(serverOver(RateLimitStore.layer, { RATE_LIMITS: "off" })))
)

const broken = Effect.fail(
  new RateLimiter.RateLimiterError({ reason: new RateLimiter.RateLimitStoreError({ message: "no connection" }) })
)
const brokenStore = Layer.succeed(RateLimiter.RateLimiterStore, {
  fixedWindow: () => broken,
  tokenBucket: () => broken,
  adaptiveConsume: () => broken,
  adaptiveFeedback: () => broken
})

it.effect("a store that cannot be reached limits nobody", () =>
  Effect.gen(function* () {
    for (let n = 0; n < 10; n++) assert.strictEqual((yield* ping("a")).status, 204)
  }).pipe(Effect.provide(serverOver(brokenStore)))
)
