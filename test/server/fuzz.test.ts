/**
 * Junk at every endpoint: whatever arrives, no 5xx, no inner text, every refusal in the envelope, and every answer in
 * the shape that the contract gives. The examples of the contract are the bodies that are spoilt.
 */
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Option, Schema } from "effect"
import type { HttpApiEndpoint } from "effect/http-api"
import { Api } from "../../src/server/Api.ts"
import { TestServer } from "../support/server.ts"

const casesPerRoute = 150
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000)

/** mulberry32: small, and the same everywhere for the same seed. */
const randomFrom = (start: number) => {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const junk: ReadonlyArray<unknown> = [
  null,
  true,
  "",
  " ",
  "\0",
  "a\u0000b",
  "\ud800",
  "a\udc00",
  "\u009b",
  "\u202e\u2066عطر\u2069\u200b",
  "e\u0301\u00ad",
  "\u3164\u2800",
  "\u0301".repeat(90),
  "زيت\u200cزيتون\u00a05\tL\r\n",
  { "\u200bCou\u0301leur\u00a0": "\u202eRouge" },
  "\u202a0555\u00a012–34\u201156\u202c",
  "x".repeat(6000),
  "'; DROP TABLE orders; --",
  "%",
  "١٢٣",
  "1e309",
  "NaN",
  "2026-13-45",
  "00000000-0000-0000-0000-000000000000",
  0,
  -1,
  1.5,
  0.005,
  -0,
  2 ** 31,
  2 ** 53,
  1e30,
  -1e30,
  [],
  [null],
  [[[[]]]],
  {},
  { __proto__: { admin: true } },
  { constructor: 1 },
  { $ne: null },
  Array.from({ length: 200 }, () => ({ quantity: 1 }))
]

type Random = () => number
const pick = <A>(random: Random, items: ReadonlyArray<A>) => items[Math.floor(random() * items.length)] as A

/** The example with one or more of its parts spoilt. */
const spoilt = (random: Random, value: unknown): unknown => {
  if (random() < 0.1) return pick(random, junk)
  if (Array.isArray(value)) return value.map((item) => (random() < 0.6 ? spoilt(random, item) : item))
  if (typeof value !== "object" || value === null) return random() < 0.5 ? pick(random, junk) : value
  const entries = Object.entries(value).flatMap(([key, item]): Array<[string, unknown]> => {
    const roll = random()
    if (roll < 0.15) return []
    return [[key, roll < 0.6 ? spoilt(random, item) : item]]
  })
  if (random() < 0.3)
    entries.push([pick(random, ["role", "id", "status", "total", "seller_id", "\0", "user_id"]), pick(random, junk)])
  return Object.fromEntries(entries)
}

const asText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value))

type Operation = {
  readonly parameters: ReadonlyArray<{ readonly name: string; readonly in: string }>
  readonly requestBody?: { readonly content: Record<string, { readonly example?: unknown }> }
}

const inner = /node_modules|\bat .+\.ts:\d|SqlError|SELECT |INSERT |UPDATE |relation "|syntax error/

/** What nobody sees in a text, and no text keeps. */
const unseen = /[\u00a0\u00ad\u009b\u200b\u202a-\u202e\u2066-\u2069\u3164\u2800\ud800-\udfff]|e\u0301/u

/** What the running server says it takes and gives. */
class Contract extends Context.Service<
  Contract,
  {
    readonly paths: Record<string, Record<string, Operation>>
    readonly components: { readonly schemas: Record<string, unknown> }
  }
>()("zst/test/Contract") {
  static readonly layer = Layer.effect(
    Contract,
    Effect.flatMap(TestServer, (server) => Effect.map(server.get("/api/v1/openapi.json"), ({ json }) => json))
  )
}

layer(Layer.provideMerge(Contract.layer, TestServer.layer))(`junk (FUZZ_SEED=${seed})`, (it) => {
  for (const group of Object.values(Api.groups)) {
    for (const endpoint of Object.values(group.endpoints) as ReadonlyArray<HttpApiEndpoint.Top>) {
      const { method, path } = endpoint
      it.effect(`${method} ${path} stands it`, () =>
        Effect.gen(function* () {
          const server = yield* TestServer
          const { paths, components } = yield* Contract
          const named = Object.keys(components.schemas).map((name) => `Expected ${name}`)
          const openApiPath = path.replace(/:(\w+)/g, "{$1}")
          const operation = paths[openApiPath]?.[method.toLowerCase()]
          assert.isDefined(operation, openApiPath)
          const example = operation.requestBody?.content["application/json"]?.example
          const decoders = [...endpoint.success].map((schema) =>
            Schema.decodeUnknownOption(schema as Schema.Codec<unknown, unknown>, { onExcessProperty: "error" })
          )
          const people = [
            undefined,
            (yield* server.person("customer")).token,
            (yield* server.person("seller", "grossiste")).token,
            (yield* server.person("admin")).token
          ]
          const random = randomFrom(seed)
          for (let i = 0; i < casesPerRoute; i++) {
            const filled = path.replace(/:\w+/g, () =>
              encodeURIComponent(safe(asText(pick(random, junk)).slice(0, 80)) || "x")
            )
            const query = new URLSearchParams()
            for (const parameter of operation.parameters) {
              if (parameter.in === "query" && random() < 0.4)
                query.append(parameter.name, safe(asText(pick(random, junk))).slice(0, 600))
            }
            const body = example === undefined ? undefined : i === 0 ? null : spoilt(random, example)
            const url = `${filled}?${query}`
            const answer = yield* server.send(method, url, {
              token: pick(random, people),
              ...(body === undefined ? {} : { body })
            })
            const what = `${method} ${url} ${JSON.stringify(body)?.slice(0, 300)} → ${answer.status} ${answer.text.slice(0, 300)}`
            assert.isBelow(answer.status, 500, what)
            assert.notMatch(answer.text, inner, what)
            if (answer.status < 400) assert.notMatch(answer.text, unseen, what)
            if (answer.status >= 400) {
              assert.isString(answer.json.error.code, what)
              assert.isString(answer.json.error.request_id, what)
              if (answer.status === 422) {
                const { details } = answer.json.error
                assert.isNotEmpty(details, what)
                assert.isEmpty(
                  details.filter(({ message }: { message?: string }) => named.includes(message ?? "")),
                  `a shape's name: ${what}`
                )
              }
            } else if (answer.text !== "") {
              assert.isTrue(
                decoders.some((decode) => Option.isSome(decode(answer.json))),
                `outside the contract: ${what}`
              )
            }
          }
        })
      )
    }
  }
})

const safe = (text: string) => text.toWellFormed()
