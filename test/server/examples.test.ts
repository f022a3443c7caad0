/** What the contract shows can be sent as it stands there, as its page prints it for a terminal. */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { OpenApi } from "effect/http-api"
import { Api } from "../../src/server/Api.ts"
import { TestServer } from "../support/server.ts"
import { absent } from "../support/shop.ts"

const document = JSON.parse(JSON.stringify(OpenApi.fromApi(Api)))
const reads = Object.entries<any>(document.paths).flatMap(([path, { get }]) =>
  get === undefined ? [] : [{ path, get }]
)

layer(TestServer.layer)("the examples of", (it) => {
  for (const { path, get } of reads) {
    it.effect(`GET ${path} are taken`, () =>
      Effect.gen(function* () {
        const server = yield* TestServer
        const query = (get.parameters ?? [])
          .filter((parameter: any) => parameter.in === "query")
          .map(({ name, example = "" }: any) => `${name}=${encodeURIComponent(example)}`)
        const address = `${path.replace(/\{\w+\}/g, absent)}?${query.join("&")}`
        const anybody = [undefined, yield* server.person("seller"), yield* server.person("admin")]
        for (const person of anybody) {
          const { status, text } = yield* server.get(address, person)
          assert.notStrictEqual(status, 422, `${address} ${text}`)
        }
      })
    )
  }

  it.effect("a query without a value are as if it were not there", () =>
    Effect.gen(function* () {
      const { get } = yield* TestServer
      const whole = yield* get("/api/v1/products")
      const empty = yield* get("/api/v1/products?page=&limit=&cursor=&category=&min_price=&in_stock=&sort=&fields=")
      assert.deepStrictEqual([empty.status, empty.text], [200, whole.text])
      const needed = yield* get("/api/v1/products/search?q=")
      assert.deepStrictEqual(needed.json.error.details, [{ field: "q", message: "This field is required" }])
    })
  )
})
