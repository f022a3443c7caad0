/** Routes outside the API: health, the contract and its page. */
import { Context, Effect, Layer, Option, Scope } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { HttpApiScalar, OpenApi } from "effect/http-api"
import { SqlClient } from "effect/sql"
import { Api, version } from "../Api.ts"

/** Whether this process is on its way out, and wants no more requests. */
export class Draining extends Context.Service<Draining, { value: boolean }>()("zst/Draining") {
  static readonly layer = Layer.sync(Draining, () => ({ value: false }))
}

const noStore = { "cache-control": "no-store" }

const health = HttpRouter.add(
  "GET",
  "/health",
  HttpServerResponse.jsonUnsafe({ data: { status: "ok" } }, { headers: noStore })
)

const ready = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const sql = yield* SqlClient.SqlClient
    const draining = yield* Draining
    const database = sql`SELECT 1`.pipe(
      Effect.timeoutOption("2 seconds"),
      Effect.map(Option.isSome),
      Effect.orElseSucceed(() => false)
    )
    yield* router.add(
      "GET",
      "/health/ready",
      Effect.gen(function* () {
        const reached = yield* database
        const ok = reached && !draining.value
        return HttpServerResponse.jsonUnsafe(
          { data: { status: ok ? "ready" : draining.value ? "draining" : "unavailable", database: reached } },
          { status: ok ? 200 : 503, headers: noStore }
        )
      })
    )
  })
)

const root = HttpRouter.add(
  "GET",
  "/api/v1",
  HttpServerResponse.jsonUnsafe({
    data: { name: "ZST", version, documentation: "/api/docs", contract: "/api/v1/openapi.json" }
  })
)

const openapi = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const contract = yield* Effect.cached(Effect.sync(() => HttpServerResponse.jsonUnsafe(OpenApi.fromApi(Api))))
    yield* router.add("GET", "/api/v1/openapi.json", contract)
  })
)

/** The page's script and styles are inline. */
const docsPolicy =
  "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src 'self' data: blob:; " +
  "font-src 'self' data:; connect-src 'self'; worker-src blob:; frame-ancestors 'none'"

// The browsable page weighs megabytes: it is built when somebody first asks for it.
const docs = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const scope = yield* Effect.scope
    const page = yield* Effect.cached(
      HttpRouter.toHttpEffect(HttpApiScalar.layer(Api, { path: "/api/docs" })).pipe(
        Effect.provideService(Scope.Scope, scope)
      )
    )
    yield* router.add(
      "GET",
      "/api/docs",
      Effect.map(Effect.flatten(page), HttpServerResponse.setHeader("content-security-policy", docsPolicy))
    )
  })
)

export const System = Layer.mergeAll(root, health, ready, openapi, docs)
