/**
 * What the generated OpenAPI document cannot know: the envelope of failures, and an example of each request body.
 */
import { OpenApi } from "effect/http-api"
import { codeOf } from "../http/errorCode.ts"

type Json = Record<string, unknown>
type Responses = Record<string, { description: string; content?: Json; $ref?: string }>
type Operation = Json & {
  responses: Responses
  requestBody?: { content: Record<string, Json> }
  parameters?: ReadonlyArray<unknown>
}

/** An example of an endpoint's request body, as a client would send it. */
export const requestExample = (value: unknown) =>
  OpenApi.annotations({
    transform: (operation) => {
      const { requestBody } = operation as Operation
      for (const body of Object.values(requestBody?.content ?? {})) body.example = value
      return operation
    }
  })

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

const shared = {
  Malformed: failure("The body is not valid JSON", [["MALFORMED_JSON", "The body is not valid JSON."]]),
  TooLarge: failure("The body is too large", [["BODY_TOO_LARGE", "The body is larger than 256 KiB."]]),
  MediaType: failure("The body is not JSON", [["UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json."]]),
  Invalid: failure("Some fields are not valid; they are named in details", [
    ["VALIDATION_FAILED", "Some fields are not valid.", "name"]
  ]),
  Unavailable: failure("The service cannot answer now", [["UNAVAILABLE", "The service cannot answer now. Try again."]])
}

const errorSchema = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["code", "message", "details", "request_id"],
      properties: {
        code: { type: "string", description: "A stable upper-case word" },
        message: { type: "string", description: "For people" },
        details: {
          type: "array",
          items: { type: "object" },
          description: "The fields or items at fault, such as { field, message }"
        },
        request_id: { type: "string", description: "Also in X-Request-Id" }
      }
    }
  }
}

/** The generated description of a failure is its tags, `OutOfStock | OrderNotFound`. */
const ownFailure = (tags: string) => {
  const codes = tags.split(" | ").map((tag) => codeOf(tag))
  return failure(
    codes.join(" · "),
    codes.map((code) => [code, "…"])
  )
}

const withFailures = (operation: Operation) => {
  const { responses } = operation
  for (const [status, response] of Object.entries(responses)) {
    if (Number(status) >= 400) responses[status] = ownFailure(response.description) as Responses[string]
  }
  const add = (status: string, name: keyof typeof shared) => {
    responses[status] ??= { $ref: `#/components/responses/${name}` } as Responses[string]
  }
  if (operation.requestBody) {
    add("400", "Malformed")
    add("413", "TooLarge")
    add("415", "MediaType")
    add("422", "Invalid")
  } else if (operation.parameters?.some((parameter) => (parameter as { in: string }).in === "query")) {
    add("422", "Invalid")
  }
  add("503", "Unavailable")
}

/** Puts the error envelope in the place of the failures' inner shapes. */
export const withErrorEnvelope = (document: Record<string, unknown>) => {
  const { paths, components } = document as {
    paths: Record<string, Record<string, Operation>>
    components: { schemas: Json; responses?: Json }
  }
  for (const path of Object.values(paths)) for (const operation of Object.values(path)) withFailures(operation)
  const text = JSON.stringify(paths)
  for (const name of Object.keys(components.schemas)) {
    if (name.endsWith("Encoded") && !text.includes(`/${name}"`)) delete components.schemas[name]
  }
  components.schemas.Error = errorSchema
  components.responses = shared
  return document
}
