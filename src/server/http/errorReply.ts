/**
 * The one renderer of failures: `{ "error": { code, message, details, request_id } }`, with
 * retry_after where there is one.
 * A failure's code is its tag in upper-case words (`OutOfStock` → `OUT_OF_STOCK`), its status its schema's annotation.
 */
import { Predicate, Schema, SchemaAST, SchemaIssue } from "effect"
import { type HttpServerError, HttpServerResponse } from "effect/http"
import { HttpApiError } from "effect/http-api"
import { codeOf } from "./errorCode.ts"
import { type Failure, failures } from "./failures.ts"

const json = "application/json; charset=utf-8"

export const failureBody = ({ code, message, details, retryAfter }: Failure, requestId: string) =>
  JSON.stringify({ error: { code, message, details: details ?? [], request_id: requestId, retry_after: retryAfter } })

export const failureReply = (failure: Failure, requestId: string) =>
  HttpServerResponse.text(failureBody(failure, requestId), {
    status: failure.status,
    contentType: json,
    headers: {
      "cache-control": "no-store",
      ...(failure.retryAfter === undefined ? {} : { "retry-after": String(failure.retryAfter) })
    }
  })

/** The names of our shapes say nothing to who sends a body. */
const kinds: Readonly<Record<string, string>> = { Objects: "Expected an object", Arrays: "Expected a list" }

const hasMessage = (ast: SchemaAST.AST) =>
  (SchemaAST.resolveAt("message")(ast) ?? ast.annotations?.message) !== undefined

const leaf: SchemaIssue.LeafHook = (issue) => {
  if (issue._tag === "MissingKey") return "This field is required"
  const kind = issue._tag === "InvalidType" && !hasMessage(issue.ast) ? kinds[issue.ast._tag] : undefined
  return kind ?? SchemaIssue.defaultLeafHook(issue)
}
const formatted = SchemaIssue.makeFormatterStandardSchemaV1({ leafHook: leaf })

/** A body is a union of what its media types give, and all of ours give objects. */
const format = (issue: SchemaIssue.Issue) =>
  issue._tag === "AnyOf" && issue.issues.length === 0
    ? [{ path: [], message: "Expected an object" }]
    : formatted(issue).issues

const fieldName = (path: ReadonlyArray<unknown>) =>
  path.reduce<string>(
    (name, key) => (typeof key === "number" ? `${name}[${key}]` : name === "" ? String(key) : `${name}.${String(key)}`),
    ""
  )

const maxDetails = 20

const schemaFailure = (error: HttpApiError.HttpApiSchemaError): Failure => {
  if (error.kind === "Params") return failures.notFound
  const issues = format(error.cause.issue)
  if (error.kind === "Payload" && issues[0]?.message === "Expected a valid JSON body") return failures.malformed
  const whole = error.kind === "Payload" ? "body" : error.kind.toLowerCase()
  const messages = new Map<string, string>()
  for (const { message, path } of issues) {
    const field = fieldName(path ?? []) || whole
    if (!messages.has(field)) messages.set(field, message)
  }
  return {
    status: 422,
    code: "VALIDATION_FAILED",
    message: "Some fields are not valid.",
    details: [...messages].slice(0, maxDetails).map(([field, message]) => ({ field, message }))
  }
}

const isHttpServerError = Predicate.isTagged("HttpServerError") as (u: unknown) => u is HttpServerError.HttpServerError

/** What a failure or defect looks like from outside; `undefined` when it is a defect that nobody expected. */
export const failureOf = (error: unknown): Failure | undefined => {
  if (HttpApiError.HttpApiSchemaError.is(error)) {
    return error.kind === "Body" || error.kind === "ResponseHeaders" ? undefined : schemaFailure(error)
  }
  if (isHttpServerError(error)) {
    const { reason } = error
    if (reason._tag === "RouteNotFound") return failures.notFound
    if (reason._tag === "RequestParseError")
      return reason.reason === "BodyTooLarge" ? failures.tooLarge : failures.malformed
    return undefined
  }
  if (Predicate.hasProperty(error, "_tag") && error instanceof Error) {
    const schema: unknown = error.constructor
    const status = Schema.isSchema(schema) ? SchemaAST.resolveAt<number>("httpApiStatus")(schema.ast) : undefined
    if (status === undefined) return undefined
    const details = Predicate.hasProperty(error, "details") ? (error.details as ReadonlyArray<unknown>) : undefined
    const retryAfter =
      Predicate.hasProperty(error, "retry_after") && typeof error.retry_after === "number"
        ? error.retry_after
        : undefined
    return { status, code: codeOf(String(error._tag)), message: error.message, details, retryAfter }
  }
  return undefined
}
