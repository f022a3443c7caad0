/** What is refused before the application is an answer like any other: enveloped, for pages of other origins, and read. */
import { request } from "node:http"
import { connect } from "node:net"
import { gzipSync } from "node:zlib"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { corsOf } from "../../src/server/http/cors.ts"
import { failureOfParser } from "../../src/server/http/refusals.ts"
import { computing } from "../support/cpu.ts"
import { TestServer } from "../support/server.ts"
import { admin, buyer, customer, seller } from "../support/shop.ts"

const origin = "https://boutique.example.dz"

/** What a socket is answered until it is closed. */
const answered = (url: string, sent: string | Buffer) =>
  Effect.promise(
    () =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(sent))
        let answer = ""
        socket.on("data", (chunk) => {
          answer += chunk
        })
        socket.on("close", () => resolve(answer))
        socket.on("error", reject)
      })
  )

const assertRefused = (answer: string, status: number, code: string) => {
  const [head = "", body = ""] = answer.split("\r\n\r\n")
  assert.match(head, new RegExp(`^HTTP/1\\.1 ${status} `), answer)
  const { error } = JSON.parse(body)
  assert.strictEqual(error.code, code)
  assert.deepStrictEqual(Object.keys(error), ["code", "message", "details", "request_id"])
  const headers = new Map(
    head
      .split("\r\n")
      .slice(1)
      .map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()])
  )
  assert.strictEqual(headers.get("x-request-id"), error.request_id)
  assert.strictEqual(headers.get("access-control-allow-origin"), "*")
  assert.strictEqual(headers.get("x-content-type-options"), "nosniff")
  assert.strictEqual(headers.get("cache-control"), "no-store")
  assert.strictEqual(headers.get("content-length"), String(Buffer.byteLength(body)))
}

const raw: Readonly<Record<string, readonly [sent: string, status: number, code: string, message?: string]>> = {
  "an address that is not percent-encoded": [
    "GET /api/v1/products?search=عطر HTTP/1.1\r\nHost: x\r\n\r\n",
    400,
    "MALFORMED_ADDRESS"
  ],
  "an address with a blank": ["GET /api/v1/products?search=a b HTTP/1.1\r\nHost: x\r\n\r\n", 400, "MALFORMED_ADDRESS"],
  "an address in Latin-1": [
    "GET /api/v1/products?search=%E9t%E9 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    400,
    "MALFORMED_ADDRESS"
  ],
  "half a character in an address": [
    "GET /api/v1/products?search=%ED%A0%BD HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    400,
    "MALFORMED_ADDRESS"
  ],
  "no host": ["GET /health HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "MALFORMED_REQUEST"],
  "no HTTP": ["hello\r\n\r\n", 400, "MALFORMED_REQUEST"],
  "a method of nobody's": ["FOO / HTTP/1.1\r\nHost: x\r\n\r\n", 400, "MALFORMED_REQUEST"],
  "a header that is none": ["GET / HTTP/1.1\r\nHost: x\r\nA header: x\r\n\r\n", 400, "MALFORMED_REQUEST"],
  "chunks that are none": [
    "POST /api/v1/orders HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    400,
    "MALFORMED_REQUEST"
  ],
  "chunks with more about them than in them": [
    `POST /api/v1/orders HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2;a=${"a".repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
    413,
    "BODY_TOO_LARGE",
    "The extensions of the body's chunks are too large."
  ],
  "headers without end": [`GET / HTTP/1.1\r\nHost: x\r\nX-A: ${"a".repeat(17_000)}\r\n\r\n`, 431, "HEADERS_TOO_LARGE"],
  "another expectation": [
    "GET /health HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nConnection: close\r\n\r\n",
    417,
    "EXPECTATION_FAILED"
  ],
  "a path that is longer than any of ours": [
    `GET /api/v1/products/${"%25".repeat(700)}?search=a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    414,
    "ADDRESS_TOO_LONG"
  ],
  "a form whose boundary is longer than any": [
    `POST /api/v1/media HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=${"b".repeat(200)}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    400,
    "MALFORMED_REQUEST",
    "The boundary of the form is too long."
  ],
  ...Object.fromEntries(
    ["application/json", "image/png", "multipart/form-data; boundary=b"].map((type) => [
      `a body of ${type} in chunks of a byte`,
      [
        `POST /api/v1/orders HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n${"1\r\n \r\n".repeat(6000)}`,
        400,
        "MALFORMED_REQUEST",
        "The body comes in too many small chunks."
      ] as const
    ])
  ),
  "a tunnel": ["CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", 501, "METHOD_NOT_SUPPORTED"]
}

const order = JSON.stringify({ ...customer, items: [] })

type Body = { readonly headers?: Record<string, string>; readonly raw: string | Uint8Array<ArrayBuffer> }

const bodies: Readonly<Record<string, readonly [body: Body, status: number, code: string]>> = {
  "too large": [{ raw: "x".repeat(270_000) }, 413, "BODY_TOO_LARGE"],
  "of another medium": [{ raw: "<a/>", headers: { "content-type": "text/xml" } }, 415, "UNSUPPORTED_MEDIA_TYPE"],
  compressed: [
    { raw: new Uint8Array(gzipSync(order)), headers: { "content-encoding": "gzip" } },
    415,
    "UNSUPPORTED_MEDIA_TYPE"
  ],
  "compressed twice": [{ raw: order, headers: { "content-encoding": "br, gzip" } }, 415, "UNSUPPORTED_MEDIA_TYPE"],
  "in another charset": [
    { raw: order, headers: { "content-type": 'application/json; charset="iso-8859-1"' } },
    415,
    "UNSUPPORTED_MEDIA_TYPE"
  ],
  "in Latin-1 without a word of it": [
    { raw: new Uint8Array(Buffer.from('{"customer_name":"R\xe9da"}', "latin1")) },
    400,
    "MALFORMED_JSON"
  ],
  "with half a character in it": [
    { raw: new Uint8Array(Buffer.from('{"customer_name":"R\xed\xa0\xbda"}', "latin1")) },
    400,
    "MALFORMED_JSON"
  ],
  "in UTF-16": [{ raw: new Uint8Array(Buffer.from(order, "utf16le")) }, 400, "MALFORMED_JSON"]
}

layer(TestServer.layer)("at the door", (it) => {
  for (const [what, [sent, status, code, message]] of Object.entries(raw)) {
    it.effect(`${what} is told so`, () =>
      Effect.gen(function* () {
        const { url } = yield* TestServer
        const answer = yield* answered(url, sent)
        assertRefused(answer, status, code)
        assert.include(answer, message ?? "")
      })
    )
  }

  for (const [what, [body, status, code]] of Object.entries(bodies)) {
    it.effect(`a body ${what} is refused, and a page may read why`, () =>
      Effect.gen(function* () {
        const server = yield* TestServer
        const answer = yield* server.send("POST", "/api/v1/orders", { ...body, headers: { origin, ...body.headers } })
        assert.deepStrictEqual([answer.status, answer.json.error.code], [status, code])
        assert.strictEqual(answer.headers.get("access-control-allow-origin"), "*")
        assert.strictEqual(answer.headers.get("x-request-id"), answer.json.error.request_id)
      })
    )
  }

  it.effect("who still sends reads the refusal, whether the connection is kept or not", () =>
    Effect.gen(function* () {
      const { url } = yield* TestServer
      for (const [type, size, status] of [
        ["application/json", 5_000_000, 413],
        ["text/xml", 200_000, 415]
      ] as const) {
        for (const announced of [true, false]) {
          const seen = Array.from({ length: 10 }, () => statusOfLong(url, type, size, announced))
          assert.deepStrictEqual(
            yield* Effect.promise(() => Promise.all(seen)),
            Array.from({ length: 10 }, () => status)
          )
        }
      }
    })
  )

  it.effect("media types are the same in any case, and UTF-8 may be said", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      for (const type of ["Application/JSON", 'APPLICATION/JSON; Charset="UTF-8"', "Text/Plain;charset=utf8"]) {
        const body = { raw: JSON.stringify({ name: "Savon", price: 10 }), headers: { "content-type": type } }
        const answer = yield* server.send("POST", "/api/v1/products", { ...owner, ...body })
        assert.strictEqual(answer.status, 201, type)
      }
      const text = 'Content-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\nx'
      const raw = `--B\r\n${text}\r\n--B--\r\n`
      const answer = yield* server.send("POST", "/api/v1/media", {
        ...owner,
        raw,
        headers: { "content-type": "Multipart/Form-Data; boundary=B", "content-encoding": "identity" }
      })
      assert.notInclude(["UNSUPPORTED_MEDIA_TYPE", "UPLOAD_MALFORMED"], answer.json.error.code)
    })
  )

  it.effect("a long query is no long path, and some thousand chunks of a byte are a body", () =>
    Effect.gen(function* () {
      const { get, url } = yield* TestServer
      assert.strictEqual((yield* get(`/api/v1/products?cursor=${"a".repeat(3000)}`)).status, 422)
      const body = `1\r\n{\r\n${"1\r\n \r\n".repeat(3500)}1\r\n}\r\n0\r\n\r\n`
      const head = "POST /api/v1/orders HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
      assertRefused(yield* answered(url, head + body), 422, "VALIDATION_FAILED")
    })
  )

  it.effect("a percent sign that escapes nothing is itself", () =>
    Effect.gen(function* () {
      const { get } = yield* TestServer
      assert.strictEqual((yield* get("/api/v1/products?search=50%")).status, 200)
      assert.strictEqual((yield* get("/api/v1/products?search=%D8%B9%D8%B7%D8%B1")).status, 200)
    })
  )

  it.effect("texts and phones are kept as people see them", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const name = "\u202eCafe\u0301\u00a0moulu\u200b"
      const attributes = { "\u2066Poids\u2069": "250\u202fg" }
      const made = yield* server.post(
        "/api/v1/products",
        { name, price: 100, attributes, description: "a\r\nb" },
        owner
      )
      assert.deepInclude(made.json.data, {
        name: "Café moulu",
        slug: "cafe-moulu",
        attributes: { Poids: "250 g" },
        description: "a\nb"
      })
      const items = [{ product_id: made.json.data.id, quantity: 1 }]
      const customer_phone = "\u202a٠٥٥٥ ١٢–٣٤‑٥٦\u202c"
      const placed = yield* server.post("/api/v1/orders", {
        customer_name: "  Ahmed \u200f Ali",
        customer_phone,
        items
      })
      assert.deepInclude(placed.json.data, { customer_name: "Ahmed Ali", customer_phone: "+213555123456" })
      const number = `\u200e${String(placed.json.data.order_number).toLowerCase().replace("-", "–")}`
      const query = new URLSearchParams({ number, phone: "00213 (0) 555 12 34 56" })
      assert.strictEqual((yield* server.get(`/api/v1/orders/track?${query}`)).status, 200)
      const found = yield* server.get(`/api/v1/products/search?q=${encodeURIComponent("\u200fcafe\u0301\u3164MOULU")}`)
      assert.strictEqual(found.json.meta.query, "café MOULU")
      assert.isNotEmpty(found.json.data)
    })
  )

  it.effect("names that look alike are one name", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const attributes = { Taille: "M", "Taille\u180b\ufe0f": "L" }
      const { status, json } = yield* server.post(
        "/api/v1/products",
        { name: "A", price: 1, attributes },
        yield* seller
      )
      assert.deepStrictEqual([status, json.error.details[0].message], [422, "Expected each name once"])
    })
  )

  it.effect("a shop and a product called like a route have addresses of their own", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const made = yield* server.post("/api/v1/products", { name: "Search", price: 100 }, yield* seller)
      assert.match(made.json.data.slug, /^search-[0-9a-f]+$/)
      const read = yield* server.get(`/api/v1/products/${made.json.data.slug}`)
      assert.strictEqual(read.json.data.id, made.json.data.id)
      const owner = yield* buyer
      yield* server.patch("/api/v1/users/me", { full_name: "Search" }, owner)
      const shop = { role: "seller", seller_category: "grossiste" }
      const opened = yield* server.patch(`/api/v1/admin/users/${owner.id}`, shop, yield* admin)
      assert.match(opened.json.data.shop.slug, /^search-[0-9a-f]+$/, opened.text)
    })
  )
})

/** The status that a client reads which closes its connection and sends all of its body first. */
const statusOfLong = (url: string, type: string, size: number, announced: boolean) =>
  new Promise<number | string>((resolve) => {
    const length = announced ? { "content-length": size } : {}
    const sent = request(
      `${url}/api/v1/orders`,
      { agent: false, method: "POST", headers: { "content-type": type, ...length } },
      (answer) => answer.resume().on("end", () => resolve(answer.statusCode ?? 0))
    )
    sent.on("error", ({ message }) => resolve(message))
    let left = size
    const write = () => {
      while (left > 0) {
        const part = Buffer.alloc(Math.min(left, 65_536), 32)
        left -= part.length
        if (!sent.write(part)) return sent.once("drain", write)
      }
      sent.end()
    }
    write()
  })

describe("the origins that may read a refusal", () => {
  const [first, second] = ["https://a.example", "https://b.example"]
  const allowed = (corsOrigins: Array<string>, asks?: string, production = true) => {
    const { headers, vary } = corsOf({ corsOrigins, production })(asks)
    const at = headers.indexOf("access-control-allow-origin")
    return [at === -1 ? undefined : headers[at + 1], ...vary]
  }
  it("are those that the application names", () => {
    assert.deepStrictEqual(allowed([], first, false), ["*"])
    assert.deepStrictEqual(allowed([], first), [undefined, "Origin"])
    assert.deepStrictEqual(allowed([first], second), [first, "Origin"])
    assert.deepStrictEqual(allowed([first, second], second), [second, "Origin"])
    assert.deepStrictEqual(allowed([first, second], "https://c.example"), [undefined, "Origin"])
    assert.deepStrictEqual(allowed([first, second]), [undefined, "Origin"])
  })
  it("are told nothing once they are gone", () =>
    assert.isUndefined(failureOfParser(Object.assign(new Error("reset"), { code: "ECONNRESET" }))))
  it("are told soon, whatever the packet is full of", () => {
    for (const filling of [" ", "  HTTP/1", "é", "/ ", "A", "%", "\t"]) {
      const rawPacket = Buffer.from(`GET /a${filling.repeat(65_536 / filling.length)}`)
      const took = computing(() => failureOfParser(Object.assign(new Error("odd"), { code: "HPE_INVALID", rawPacket })))
      assert.isBelow(took, 100, filling)
    }
  })
  it("are told of a request that does not end", () =>
    assert.deepInclude(failureOfParser(Object.assign(new Error("slow"), { code: "ERR_HTTP_REQUEST_TIMEOUT" })), {
      status: 408,
      code: "REQUEST_TIMEOUT"
    }))
})
