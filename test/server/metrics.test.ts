import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { freshDatabase } from "../support/database.ts"
import { TestServer } from "../support/server.ts"

const token = "a-token-for-prometheus"
const bearer = (text: string) => ({ authorization: `Bearer ${text}` })
/** As a proxy on this machine passes on what somebody elsewhere asks. */
const elsewhere = { "x-forwarded-for": "203.0.113.9" }

layer(TestServer.over(freshDatabase, { METRICS_TOKEN: token }))("metrics", (it) => {
  it.effect("tell of jobs waiting and dead, by kind, and how long they have been due", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      yield* sql`
        INSERT INTO jobs (id, queue_name, element, state, visible_at, created_at, updated_at)
        SELECT 'metrics/' || n, 'test.metrics', '{}', CASE n WHEN 1 THEN 'failed' ELSE 'pending' END,
          now() + (5 - n) * interval '1 minute' - interval '3 minutes', now(), now() FROM generate_series(1, 4) n`
      const { text, headers, status } = yield* server.get("/metrics")
      assert.strictEqual(status, 200)
      assert.match(headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/)
      assert.include(text, "# TYPE zst_jobs_dead gauge\n")
      assert.include(text, 'zst_jobs_dead{kind="test.metrics"} 1\n')
      assert.match(text, /zst_jobs_waiting\{kind="test\.metrics"\} [23]\n/)
      assert.match(text, /zst_jobs_oldest_waiting_seconds\{kind="test\.metrics"\} 1[12]\d\.?\d*\n/)
    })
  )

  it.effect("are for this machine, and for whoever brings the token", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const statusOf = (headers: Record<string, string>) =>
        Effect.map(server.get("/metrics", { headers }), ({ status }) => status)
      assert.strictEqual(yield* statusOf({}), 200)
      assert.strictEqual(yield* statusOf({ ...elsewhere, ...bearer(token) }), 200)
      for (const headers of [elsewhere, { forwarded: "for=203.0.113.9" }, { ...elsewhere, ...bearer(`${token}x`) }]) {
        assert.strictEqual(yield* statusOf(headers), 401)
      }
      const refused = yield* server.get("/metrics", { headers: elsewhere })
      assert.strictEqual(refused.json.error.code, "METRICS_REFUSED")
      assert.strictEqual(refused.headers.get("cache-control"), "no-store")
    })
  )
})

layer(TestServer.over(freshDatabase, { TRUSTED_PROXIES: "127.0.0.1" }))("metrics without a token", (it) => {
  it.effect("are for nobody behind a proxy", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      for (const headers of [elsewhere, { ...elsewhere, ...bearer("") }, { "x-forwarded-for": "127.0.0.1" }]) {
        assert.strictEqual((yield* server.get("/metrics", { headers })).status, 401)
      }
    })
  )
})
