/** Routes outside the API: health, the contract and its page. */
import { Context, DateTime, Effect, Layer, Scope } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApiScalar, OpenApi } from "effect/http-api"
import { Reachable } from "../../services/Reachable.ts"
import { Api, version } from "../Api.ts"
import { revalidated } from "../api/caching.ts"
import { lasting } from "./lasting.ts"
import { metrics } from "./metrics.ts"
import { objectRoutes } from "./objects.ts"

/** Whether this process is on its way out, and wants no more requests. */
export class Draining extends Context.Service<Draining, { value: boolean }>()("zst/Draining") {
  static readonly layer = Layer.sync(Draining, () => ({ value: false }))
}

const memoized = <A>(make: () => A) => {
  let value: A | undefined
  return () => {
    value ??= make()
    return value
  }
}

const noStore = { "cache-control": "no-store" }

const health = HttpRouter.route(
  "GET",
  "/health",
  Effect.map(DateTime.now, (now) =>
    HttpServerResponse.jsonUnsafe(
      { data: { status: "ok", timestamp: DateTime.formatIso(now), uptime: Math.floor(process.uptime()) } },
      { headers: noStore }
    )
  )
)

const ready = HttpRouter.route(
  "GET",
  "/health/ready",
  Effect.gen(function* () {
    const draining = yield* Draining
    const reached = yield* yield* Reachable
    const ok = reached && !draining.value
    return HttpServerResponse.jsonUnsafe(
      { data: { status: ok ? "ready" : draining.value ? "draining" : "unavailable", database: reached } },
      { status: ok ? 200 : 503, headers: ok ? noStore : { ...noStore, "retry-after": "2" } }
    )
  })
)

const forEverybody = { "cache-control": revalidated, vary: "Accept-Encoding" }

const lastingJson = (make: () => unknown) => {
  const answer = memoized(() => lasting(Buffer.from(JSON.stringify(make())), "application/json", forEverybody))
  return Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => Effect.succeed(answer()(request)))
}

const about = {
  name: "ZST",
  version,
  endpoints: { docs: "/api/docs", health: "/health", contract: "/api/v1/openapi.json" }
}

const root = HttpRouter.route(
  "GET",
  "/api/v1",
  lastingJson(() => ({ data: about }))
)
const openapi = HttpRouter.route(
  "GET",
  "/api/v1/openapi.json",
  lastingJson(() => OpenApi.fromApi(Api))
)

/** The page's script and styles are inline. */
const docsPolicy =
  "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src 'self' data: blob:; " +
  "font-src 'self' data:; connect-src 'self'; worker-src blob:; frame-ancestors 'none'"

// Nothing is fetched from elsewhere: the page works on a machine without the internet.
// Its own developer tools, which it shows to localhost, are for who embeds it and not for who reads; its client is elsewhere.
const docsOptions = {
  path: "/api/docs",
  // What would hold messages, and something unseen in what it draws last, hang out of a phone's screen.
  scalar: {
    withDefaultFonts: false,
    favicon: "data:,",
    showDeveloperTools: "never",
    customCss:
      ".open-api-client-button { display: none !important } .scalar-toaster:not(:has(li)) { display: none } .references-rendered { overflow-x: clip }"
  }
} as const

const inEnglish = (page: HttpServerResponse.HttpServerResponse) =>
  page.body._tag === "Uint8Array"
    ? Effect.succeed(Buffer.from(Buffer.from(page.body.body).toString().replace("<html>", '<html lang="en">')))
    : Effect.die(new Error("The page of the contract has no bytes"))

const docsHeaders = { ...forEverybody, "content-security-policy": docsPolicy }

// The browsable page weighs megabytes: it is built when somebody first asks for it, and lives as long as the process.
const docsPage = memoized(() =>
  Effect.runSync(
    Effect.cached(
      Scope.provide(HttpRouter.toHttpEffect(HttpApiScalar.layer(Api, docsOptions)), Scope.makeUnsafe()).pipe(
        Effect.flatten,
        Effect.flatMap(inEnglish),
        Effect.map((bytes) => lasting(bytes, "text/html", docsHeaders))
      )
    )
  )
)
const docs = HttpRouter.route(
  "GET",
  "/api/docs",
  Effect.gen(function* () {
    const answer = yield* Effect.suspend(docsPage)
    return answer(yield* HttpServerRequest.HttpServerRequest)
  })
)

/** The routes that are no part of the contract; the access matrix lists them too. */
export const systemRoutes = [root, health, ready, metrics, openapi, docs, ...objectRoutes] as const

export const System = HttpRouter.addAll(systemRoutes)
