/** The real program behind a proxy: who its log says that it answered, and what it warns of. */
import { request } from "node:http"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { freshDatabase } from "../support/database.ts"
import { spawnServer } from "../support/process.ts"
import { unusedS3 } from "../support/s3.ts"
import { makeKey } from "../support/tokens.ts"
import { webhookSecret } from "../support/webhooks.ts"

const get = (url: string, headers: Record<string, string> = {}) =>
  Effect.promise(async () => {
    const response = await fetch(url, { headers })
    await response.text()
    return response.status
  })

/** A client's own header, and the one that the proxy adds below it. */
const getWithTwoHeaders = (url: string, requestId: string) =>
  Effect.callback<void>((resume) => {
    const headers = { "x-request-id": requestId, "x-forwarded-for": ["6.6.6.6", "203.0.113.9"] }
    request(url, { headers }, (response) => response.resume().once("end", () => resume(Effect.void))).end()
  })

/** The `ip` of the line that the log has for each of these request ids. */
const ipsIn = (log: string, ids: ReadonlyArray<string>) =>
  ids.map((id) => new RegExp(`"ip":"([^"]*)","request_id":"${id}"`).exec(log)?.[1])

const stopped = Effect.fnUntraced(function* ({
  child,
  exited,
  output
}: Effect.Success<ReturnType<typeof spawnServer>>) {
  child.kill("SIGTERM")
  yield* exited
  return output()
})

describe("zst serve behind a proxy", () => {
  it.live("logs the clients that a trusted proxy names, of hot pages too", () =>
    Effect.gen(function* () {
      const server = yield* spawnServer(yield* freshDatabase, { TRUSTED_PROXIES: "127.0.0.1" })
      const ids = Array.from({ length: 6 }, (_, n) => `hot-${n}`)
      for (const id of ids) {
        yield* get(`${server.url}/api/v1/products`, { "x-request-id": id, "x-forwarded-for": `6.6.6.6, 203.0.113.9` })
      }
      yield* getWithTwoHeaders(`${server.url}/health`, "repeated")
      yield* get(`${server.url}/health`, { "x-request-id": "direct" })
      const log = yield* stopped(server)
      assert.deepStrictEqual(ipsIn(log, [...ids, "repeated"]), Array(7).fill("203.0.113.9"))
      assert.deepStrictEqual(ipsIn(log, ["direct"]), ["127.0.0.1"])
      assert.notInclude(log, "TRUSTED_PROXIES")
    }).pipe(Effect.scoped)
  )

  it.live("says once that it believes no proxy, and logs the peer", () =>
    Effect.gen(function* () {
      const server = yield* spawnServer(yield* freshDatabase)
      for (const id of ["a", "b", "c"]) {
        yield* get(`${server.url}/health`, { "x-request-id": id, "x-forwarded-for": "203.0.113.9" })
      }
      const log = yield* stopped(server)
      assert.deepStrictEqual(ipsIn(log, ["a", "b", "c"]), ["127.0.0.1", "127.0.0.1", "127.0.0.1"])
      const warnings = log.split("\n").filter((line) => line.includes("TRUSTED_PROXIES"))
      assert.lengthOf(warnings, 1)
      assert.strictEqual(JSON.parse(warnings[0] ?? "").level, "WARN")
    }).pipe(Effect.scoped)
  )

  it.live("says in production that limits are off", () =>
    Effect.gen(function* () {
      const env = {
        NODE_ENV: "production",
        CLERK_JWT_KEY: makeKey().publicKeyPem,
        CLERK_WEBHOOK_SECRET: webhookSecret,
        CLERK_ALLOW_MISSING_AZP: "true",
        ...unusedS3,
        RATE_LIMITS: "off"
      }
      const log = yield* stopped(yield* spawnServer(yield* freshDatabase, env))
      assert.match(log, /"level":"WARN".*RATE_LIMITS=off|RATE_LIMITS=off.*"level":"WARN"/)
    }).pipe(Effect.scoped)
  )
})
