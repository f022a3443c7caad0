/**
 * What the generated OpenAPI document cannot know: the envelope of failures, and bodies put together of what its schemas
 * show.
 */
import { codeOf } from "../http/errorCode.ts"
import { type Failure, failures } from "../http/failures.ts"

type Json = Record<string, unknown>
type Content = Record<string, { schema?: Schema; example?: unknown }>
type Responses = Record<string, { description: string; content?: Content; headers?: Json; $ref?: string }>
type Operation = Json & {
  responses: Responses
  requestBody?: { content: Content }
  parameters?: ReadonlyArray<Parameter>
}
type Parameter = { $ref: string } | { in: string; schema: Schema; example?: unknown; description?: unknown }

const requestId = "0199e0a4-0000-7000-8000-000000000000"

const failure = (
  description: string,
  examples: ReadonlyArray<readonly [code: string, message: string, field?: string]>
) => ({
  description,
  content: {
    "application/json": {
      schema: { $ref: "#/components/schemas/Error" },
      examples: Object.fromEntries(
        examples.map(([code, message, field]) => [
          code,
          {
            value: { error: { code, message, details: field ? [{ field, message: "…" }] : [], request_id: requestId } }
          }
        ])
      )
    }
  }
})

const generalFailure = (description: string, { code, message }: Failure) => failure(description, [[code, message]])

const shared = {
  Malformed: generalFailure("The body is not valid JSON", failures.malformed),
  TooLarge: generalFailure("The body is too large", failures.tooLarge),
  MediaType: generalFailure("The body is not JSON", failures.mediaType),
  Invalid: failure("Some fields are not valid; they are named in details", [
    ["VALIDATION_FAILED", "Some fields are not valid.", "name"]
  ]),
  Unavailable: generalFailure("The service cannot answer now", failures.unavailable)
}

/** What any request may be answered, also before anybody reads what it asks for. */
const everywhere = [...Map.groupBy(Object.values<Failure>(failures), ({ code }) => code)]
  .map(([code, all]) => `- \`${code}\` (${all[0]?.status}): ${all.map(({ message }) => message).join(" ")}`)
  .join("\n")

const errorSchema = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["code", "message", "details", "request_id"],
      properties: {
        code: {
          type: "string",
          description: `A stable upper-case word: one that the operation names, or one of these, which any request may be answered:\n\n${everywhere}`
        },
        message: { type: "string", description: "For people" },
        details: {
          type: "array",
          items: { type: "object" },
          description: "The fields or items at fault, such as { field, message }"
        },
        request_id: { type: "string", description: "Also in X-Request-Id" },
        retry_after: {
          type: "integer",
          description: "Seconds after which the same request may do better, where that is known; also in Retry-After"
        }
      }
    }
  }
}

type Failed = { readonly code: string; readonly details?: Schema | undefined }

/** What an endpoint's own failures of a status are called, and what their details hold. */
const failuresOf = ({ content }: Responses[string], schemas: Record<string, Schema>): ReadonlyArray<Failed> => {
  const schema = content?.["application/json"]?.schema ?? {}
  return (schema.anyOf ?? [schema]).flatMap((one) => {
    const { properties } = named(one, schemas)
    const [tag] = properties?._tag?.enum ?? []
    return tag === undefined ? [] : [{ code: codeOf(tag), details: properties?.details }]
  })
}

const named = (schema: Schema, schemas: Record<string, Schema>) =>
  schema.$ref === undefined ? schema : (schemas[schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1)] ?? {})

const ownFailure = (failed: ReadonlyArray<Failed>) => {
  const codes = failed.map(({ code }) => code)
  const { description, content } = failure(
    codes.join(" · "),
    codes.map((code) => [code, "…"])
  )
  if (failed.every(({ details }) => details === undefined)) return { description, content }
  const byCode = failed.map(({ code, details }) => ({
    properties: { error: { properties: { code: { const: code }, ...(details && { details }) } } }
  }))
  const body = content["application/json"]
  const schema = { allOf: [body.schema, byCode.length === 1 ? byCode[0] : { anyOf: byCode }] }
  return { description, content: { "application/json": { ...body, schema } } }
}

/** What every body may fail with, where an endpoint has failures of its own under the same status. */
const ofBodies = [
  ["400", "MALFORMED_JSON"],
  ["413", "BODY_TOO_LARGE"],
  ["415", "UNSUPPORTED_MEDIA_TYPE"],
  ["422", "VALIDATION_FAILED"]
] as const

const withFailures = (operation: Operation, schemas: Record<string, Schema>) => {
  const { responses, requestBody } = operation
  for (const [status, response] of Object.entries(responses)) {
    if (Number(status) < 400) continue
    const own = failuresOf(response, schemas)
    const more = (requestBody ? ofBodies : []).flatMap(([of, code]) =>
      of === status && own.every((failed) => failed.code !== code) ? [{ code }] : []
    )
    responses[status] = ownFailure([...own, ...more]) as Responses[string]
  }
  const add = (status: string, name: keyof typeof shared) => {
    responses[status] ??= { $ref: `#/components/responses/${name}` } as Responses[string]
  }
  if (requestBody) {
    add("400", "Malformed")
    add("413", "TooLarge")
    add("415", "MediaType")
    add("422", "Invalid")
  } else if (operation.parameters?.some((parameter) => "in" in parameter && parameter.in === "query")) {
    add("422", "Invalid")
  }
  add("503", "Unavailable")
}

type Schema = Json & {
  $ref?: string
  examples?: ReadonlyArray<unknown>
  allOf?: ReadonlyArray<Schema>
  anyOf?: ReadonlyArray<Schema>
  enum?: ReadonlyArray<string>
  properties?: Record<string, Schema>
  items?: Schema
}

/** The example of a schema: its own, or put together from those of its parts. */
const exampleIn = (schemas: Record<string, Schema>) => {
  const exampleOf = ({ $ref, examples, anyOf, properties, items }: Schema): unknown => {
    if ($ref !== undefined) return exampleOf(schemas[$ref.slice($ref.lastIndexOf("/") + 1)] ?? {})
    if (examples !== undefined) return examples[0]
    if (anyOf !== undefined) return anyOf.map(exampleOf).find((example) => example !== undefined)
    if (items !== undefined) {
      const item = exampleOf(items)
      return item && [item]
    }
    if (properties?.data === undefined) return undefined
    const parts = Object.entries(properties).map(([name, property]) => [name, exampleOf(property)] as const)
    return parts.every(([, part]) => part !== undefined) ? Object.fromEntries(parts) : undefined
  }
  return exampleOf
}

const withExamples = ({ requestBody, responses }: Operation, exampleOf: (schema: Schema) => unknown) => {
  const answers = Object.entries(responses).flatMap(([status, { content }]) => (Number(status) < 400 ? [content] : []))
  for (const body of [requestBody?.content, ...answers].flatMap((content) => Object.values(content ?? {}))) {
    const example = body.schema && exampleOf(body.schema)
    if (example !== undefined) body.example = example
  }
}

/** A number in a query is a text to its schema, which says beside that what number it is. */
const withShownParameters = ({ parameters = [] }: Operation) => {
  for (const parameter of parameters) {
    if (!("in" in parameter) || parameter.in !== "query") continue
    const { allOf: [number] = [], examples: [own] = [], description, ...text } = parameter.schema
    const { examples: [example = own ?? text.enum?.[0]] = [], ...shown } = number ?? {}
    parameter.schema = { ...text, ...shown }
    if (example !== undefined) parameter.example = number === undefined ? example : Number(example)
    if (description !== undefined) parameter.description = description
  }
}

/** Where a token may be sent and need not be, the generated document is silent. */
const withOptionalToken = (operation: Operation) => {
  const { security, responses } = operation as Operation & { security: ReadonlyArray<unknown> }
  if (security.length === 0 && "401" in responses) Object.assign(operation, { security: [{}, { bearer: [] }] })
}

const idempotencyKey = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  schema: { type: "string", minLength: 1, maxLength: 255, pattern: "^[\\x21-\\x7e]+$" },
  example: "5e1a3c0e-9a57-4c53-8a39-8f1f6c7d2b10",
  description:
    "Makes the request safe to repeat: sent again with the same key and body within 24 hours, it is answered as the " +
    "first time and does nothing. Make a new one, such as a UUID, for each new request; keep it for its retries."
}

const idempotentReplayed = {
  "Idempotent-Replayed": {
    schema: { const: "true" },
    description: "The answer is that of an earlier request with this Idempotency-Key"
  }
}

/** A middleware can declare its failures, but not the headers that it reads and writes. */
const withIdempotencyKey = (operation: Operation) => {
  const { responses, parameters = [] } = operation
  if (!responses["400"]?.description.includes("IdempotencyKeyInvalid")) return
  operation.parameters = [...parameters, { $ref: "#/components/parameters/IdempotencyKey" }]
  for (const [status, response] of Object.entries(responses)) {
    if (Number(status) < 400) response.headers = idempotentReplayed
  }
}

const isInner = (name: string) => /Encoded(_\d+)?$/.test(name)

/** Puts the error envelope in the place of the failures' inner shapes, and examples of what comes back. */
export const completed = (document: Record<string, unknown>) => {
  const { paths, components } = document as {
    paths: Record<string, Record<string, Operation>>
    components: { schemas: Record<string, Schema>; responses?: Json; parameters?: Json; securitySchemes?: Json }
  }
  const exampleOf = exampleIn(components.schemas)
  for (const path of Object.values(paths)) {
    for (const operation of Object.values(path)) {
      withShownParameters(operation)
      withOptionalToken(operation)
      withIdempotencyKey(operation)
      withFailures(operation, components.schemas)
      withExamples(operation, exampleOf)
    }
  }
  const text = JSON.stringify(paths)
  for (const name of Object.keys(components.schemas)) {
    if (isInner(name) && !text.includes(`/${name}"`)) delete components.schemas[name]
  }
  components.schemas.Error = errorSchema
  components.responses = shared
  components.parameters = { IdempotencyKey: idempotencyKey }
  components.securitySchemes = { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } }
  return document
}
