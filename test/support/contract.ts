/**
 * Holds whatever a test is answered against the contract: a success decodes by what its endpoint declares, to the last
 * key; a failure has a code that the document names for its status.
 */
import { Schema } from "effect"
import { type HttpApiEndpoint, OpenApi } from "effect/http-api"
import { Api } from "../../src/server/Api.ts"
import { failures } from "../../src/server/http/failures.ts"

const endpoints: ReadonlyArray<HttpApiEndpoint.Top> = Object.values(Api.groups).flatMap((group) =>
  Object.values(group.endpoints)
)

const routes = endpoints
  .map(({ method, path, success }) => ({
    method,
    path: path.replace(/:(\w+)/g, "{$1}"),
    parameters: path.split(":").length,
    pattern: new RegExp(`^${path.replace(/:\w+/g, "[^/?]+")}$`),
    decode: Schema.decodeUnknownSync(Schema.Union([...success].map((schema) => schema as Schema.Codec<unknown>)), {
      onExcessProperty: "error"
    })
  }))
  // What is named goes before what any name fits.
  .sort((a, b) => a.parameters - b.parameters)

let document: any

/** The codes under which an operation fails with this status. */
const codesOf = (method: string, path: string, status: number): ReadonlyArray<string> => {
  document ??= JSON.parse(JSON.stringify(OpenApi.fromApi(Api)))
  const response = document.paths[path][method.toLowerCase()].responses[status]
  const named = response?.$ref === undefined ? response : document.components.responses[response.$ref.split("/").at(-1)]
  return Object.keys(named?.content["application/json"].examples ?? {})
}

/** What any request may meet before or after its endpoint. */
const everywhere = new Set<string>(
  [failures.notFound, failures.internal, failures.address, failures.mediaType].map(({ code }) => code)
)

export const holdToContract = (method: string, path: string, status: number, json: any) => {
  if (json === undefined || (status >= 300 && status < 400)) return
  const [pathname = ""] = path.split("?")
  const route = routes.find((candidate) => candidate.method === method && candidate.pattern.test(pathname))
  try {
    if (status < 300) route?.decode(json)
    else if (route !== undefined && !everywhere.has(json.error.code)) {
      const codes = codesOf(method, route.path, status)
      if (!codes.includes(json.error.code)) throw new Error(`${json.error.code} is none of ${codes.join(", ")}`)
    }
  } catch (error) {
    throw new Error(`${method} ${path} is not answered as the contract says: ${error}\n${JSON.stringify(json)}`)
  }
}
