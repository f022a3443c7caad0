/** Bodies as large as may be, filled with lists and maps: refused by their length, before what they hold is looked at. */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { TestServer } from "../support/server.ts"
import { absent, addProduct, customer, seller } from "../support/shop.ts"

const many = <A>(length: number, item: (index: number) => A) => Array.from({ length }, (_, index) => item(index))
const map = (length: number) => Object.fromEntries(many(length, (n) => [`k${n}`, "x"]))

layer(TestServer.layer)("a list or a map that is too long", (it) => {
  const cases: Record<string, readonly [method: string, path: string, body: object]> = {
    items: ["POST", "/api/v1/orders", { ...customer, items: many(80_000, () => ({})) }],
    variants: ["PUT", `/api/v1/products/${absent}/variants`, { variants: many(80_000, () => ({})) }],
    "variants[0].options": ["PUT", `/api/v1/products/${absent}/variants`, { variants: [{ options: map(18_000) }] }],
    attributes: ["POST", "/api/v1/products", { name: "A", price: 1, attributes: map(18_000) }],
    benefits: ["POST", "/api/v1/products", { name: "A", price: 1, benefits: many(60_000, () => 1) }]
  }
  for (const [field, [method, path, body]] of Object.entries(cases)) {
    it.effect(`is the one fault of a body: ${field}`, () =>
      Effect.gen(function* () {
        const server = yield* TestServer
        const { status, json } = yield* server.send(method, path, { ...(yield* seller), body })
        assert.strictEqual(status, 422)
        assert.deepStrictEqual(
          json.error.details.map((fault: { field: string }) => fault.field),
          [field]
        )
      })
    )
  }

  it.effect("is not what is as long as it may be", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const attributes = Object.fromEntries(many(50, (n) => [`k${n}`, "x".repeat(100)]))
      const { id } = yield* addProduct(owner, { attributes, benefits: many(20, () => "x".repeat(200)) })
      const variants = many(100, (n) => ({ options: { n: `${n}`, of: "x".repeat(40) } }))
      const { status, text } = yield* server.send("PUT", `/api/v1/products/${id}/variants`, {
        ...owner,
        body: { variants }
      })
      assert.strictEqual(status, 200, text)
    })
  )

  it.effect("or a body that nests deeper than any of ours, is refused before it is read", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const deep = (depth: number) =>
        `{"note":"[[\\"[${"[".repeat(5000)}","x":${"[".repeat(depth)}1${"]".repeat(depth)}}`
      const send = (body: string) => server.send("POST", "/api/v1/orders", { raw: body })
      const refused = yield* send(deep(32))
      assert.deepStrictEqual([refused.status, refused.json.error.code], [400, "MALFORMED_JSON"])
      assert.match(refused.json.error.message, /32 deep/)
      assert.strictEqual((yield* send(deep(31))).status, 422)
      const started = process.cpuUsage()
      for (let i = 0; i < 10; i++) assert.strictEqual((yield* send("[".repeat(250_000))).status, 400)
      const { user, system } = process.cpuUsage(started)
      // Read, it would be a quarter of a second each.
      assert.isBelow((user + system) / 1e6, 1)
    })
  )
})
