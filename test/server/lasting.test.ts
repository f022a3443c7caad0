import { assert, it } from "@effect/vitest"
import { HttpServerRequest } from "effect/http"
import { lasting } from "../../src/server/http/lasting.ts"

const asked = (headers: Record<string, string>) =>
  HttpServerRequest.fromWeb(new Request("http://localhost/api/docs", { headers }))

it("what lasts is encoded once, whoever asks, and named by its coding", () => {
  const bytes = Buffer.alloc(100_000, "<p>")
  const answer = lasting(bytes, "text/html", { "cache-control": "public, no-cache" })
  for (const coding of ["br", "gzip", undefined] as const) {
    const headers = { "accept-encoding": coding ?? "identity" }
    const [one, other] = [answer(asked(headers)), answer(asked(headers))]
    assert.strictEqual(one.headers["content-encoding"], coding)
    assert.match(one.headers.etag ?? "", coding === undefined ? /^"[\w-]+"$/ : new RegExp(`-${coding}"$`))
    if (one.body._tag !== "Uint8Array" || other.body._tag !== "Uint8Array") return assert.fail("no bytes")
    assert.strictEqual(one.body.body, other.body.body)
    assert.strictEqual(answer(asked({ ...headers, "if-none-match": one.headers.etag ?? "" })).status, 304)
  }
})
