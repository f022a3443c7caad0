import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { type HttpApiEndpoint, OpenApi } from "effect/http-api"
import { Api } from "../../src/server/Api.ts"
import { failures } from "../../src/server/http/failures.ts"

const document = JSON.parse(JSON.stringify(OpenApi.fromApi(Api)))

const endpoints = Object.values(Api.groups).flatMap(
  (group) => Object.values(group.endpoints) as ReadonlyArray<HttpApiEndpoint.Top>
)

/** Of a request it is JSON, or the parts of a form, of which the contract says what they are called. */
const bodyOf = (holder: any) => Object.values<any>(holder.content)[0]
const jsonOf = (holder: any) => holder?.content?.["application/json"]

describe("the contract", () => {
  for (const endpoint of endpoints) {
    const { method, path } = endpoint
    const operation = document.paths[path.replace(/:(\w+)/g, "{$1}")][method.toLowerCase()]

    it.effect(`of ${method} ${path} says what it does, shows bodies, and names its failures`, () =>
      Effect.gen(function* () {
        assert.isString(operation.summary)
        if (operation.requestBody) {
          const { example } = bodyOf(operation.requestBody)
          assert.isDefined(example, "an example of the request body")
          for (const { schemas } of endpoint.payload.values()) {
            const body = Schema.Union(schemas as ReadonlyArray<Schema.Codec<unknown, unknown>>)
            yield* Schema.decodeUnknownEffect(body)(example)
          }
        }
        for (const [status, response] of Object.entries<any>(operation.responses)) {
          if (response.$ref) continue
          const body = jsonOf(response)
          if (Number(status) >= 400) {
            const [envelope] = body.schema.allOf ?? [body.schema]
            assert.strictEqual(envelope.$ref, "#/components/schemas/Error")
          } else if (body) assert.isDefined(body.example, `an example of the answer, ${JSON.stringify(body.schema)}`)
        }
      })
    )

    it.effect(`of ${method} ${path} shows an answer that is one`, () =>
      Effect.gen(function* () {
        for (const schema of endpoint.success) {
          const shown = Object.entries<any>(operation.responses).find(([status]) => Number(status) < 400)?.[1]
          const example = jsonOf(shown)?.example
          if (example === undefined) continue
          yield* Schema.decodeUnknownEffect(schema as Schema.Codec<unknown, unknown>, { onExcessProperty: "error" })(
            example
          )
        }
      })
    )
  }

  it("shows what each of its shapes looks like", () => {
    const { Error: _, ...shapes } = document.components.schemas
    const silent = Object.entries<any>(shapes).filter(([, { examples }]) => examples === undefined)
    assert.isEmpty(silent.map(([name]) => name))
  })

  it("says how many texts by names there may be", () => {
    const { CreateProduct, SetVariants } = document.components.schemas
    const { options } = SetVariants.properties.variants.items.properties
    assert.deepStrictEqual([CreateProduct.properties.attributes.maxProperties, options.maxProperties], [50, 5])
  })

  it("shows what every parameter of a query looks like", () => {
    const parameters = Object.values<any>(document.paths)
      .flatMap((path) => Object.values<any>(path))
      .flatMap((operation) => operation.parameters ?? [])
      .filter((parameter) => parameter.in === "query")
    assert.isAbove(parameters.length, 60)
    // Where a list goes on is told by the list.
    const silent = parameters.filter(({ name, example }) => example === undefined && name !== "cursor")
    assert.isEmpty(silent.map(({ name }) => name))
    const named = (wanted: string) => parameters.find(({ name }) => name === wanted)
    assert.deepStrictEqual(named("page").schema, { type: "integer", minimum: 1, maximum: 10_000 })
    assert.deepStrictEqual(named("limit").schema, { type: "integer", minimum: 1, maximum: 100 })
    assert.deepStrictEqual(named("min_price").schema, { type: "number", minimum: 0, maximum: 1_000_000_000 })
    assert.strictEqual(named("category").description, "Slug or id; its children are included")
  })

  it("names every code that a request may be refused with before its endpoint", () => {
    const { description } = document.components.schemas.Error.properties.error.properties.code
    for (const { code, status } of Object.values(failures)) assert.include(description, `\`${code}\` (${status})`)
  })

  it("keeps no inner shape of a failure", () => {
    assert.isEmpty(Object.keys(document.components.schemas).filter((name) => name.includes("Encoded")))
    assert.strictEqual(document.openapi, "3.1.0")
  })
})
