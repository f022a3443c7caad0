/** Holds whatever a test is answered against the contract: a success decodes by what its endpoint declares, to the last key. */
import { Schema } from "effect"
import type { HttpApiEndpoint } from "effect/http-api"
import { Api } from "../../src/server/Api.ts"

const endpoints: ReadonlyArray<HttpApiEndpoint.Top> = Object.values(Api.groups).flatMap((group) =>
  Object.values(group.endpoints)
)

const routes = endpoints
  .map(({ method, path, success }) => ({
    method,
    parameters: path.split(":").length,
    pattern: new RegExp(`^${path.replace(/:\w+/g, "[^/?]+")}$`),
    decode: Schema.decodeUnknownSync(Schema.Union([...success].map((schema) => schema as Schema.Codec<unknown>)), {
      onExcessProperty: "error"
    })
  }))
  // What is named goes before what any name fits.
  .sort((a, b) => a.parameters - b.parameters)

export const holdToContract = (method: string, path: string, status: number, json: unknown) => {
  if (json === undefined || status >= 300) return
  const [pathname = ""] = path.split("?")
  const route = routes.find((candidate) => candidate.method === method && candidate.pattern.test(pathname))
  try {
    route?.decode(json)
  } catch (error) {
    throw new Error(`${method} ${path} is not answered as the contract says: ${error}\n${JSON.stringify(json)}`)
  }
}
