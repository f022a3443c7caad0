import { Cause, Effect, Layer, Option } from "effect"
import { HttpServerRequest } from "effect/http"
import { HttpApiMiddleware } from "effect/http-api"
import { ObjectStoreError } from "../../services/media/ObjectStore.ts"
import { failureOf, failureReply, failures } from "../http/errorReply.ts"

/** Turns every failure of an endpoint, expected or not, into the error envelope. Outermost, so that it sees them all. */
export class ErrorEnvelope extends HttpApiMiddleware.Service<ErrorEnvelope>()("zst/ErrorEnvelope") {
  static readonly layer = Layer.succeed(ErrorEnvelope, (httpEffect) => Effect.catchCause(httpEffect, replyToCause))
}

const reasonOf = (cause: Cause.Cause<unknown>) => {
  const failure = Cause.findErrorOption(cause)
  if (Option.isSome(failure)) return failure.value
  const defect = cause.reasons.find(Cause.isDieReason)
  return defect?.defect
}

/** Logs what nobody expected and answers it without a word of its cause. */
export const replyToCause = Effect.fnUntraced(function* (cause: Cause.Cause<unknown>) {
  if (Cause.hasInterruptsOnly(cause)) return yield* Effect.interrupt
  const { headers } = yield* HttpServerRequest.HttpServerRequest
  const requestId = headers["x-request-id"] ?? ""
  const reason = reasonOf(cause)
  const failure = failureOf(reason)
  if (failure !== undefined) return failureReply(failure, requestId)
  yield* Effect.logError("request failed", cause).pipe(Effect.annotateLogs({ request_id: requestId }))
  return failureReply(isUnavailable(reason) ? failures.unavailable : failures.internal, requestId)
})

/**
 * The database cannot be reached or has no connection left, or the object store cannot: worth another try, and not the
 * request's fault.
 */
const isUnavailable = (reason: unknown) => {
  if (reason instanceof ObjectStoreError) return true
  if (typeof reason !== "object" || reason === null || !("_tag" in reason) || reason._tag !== "SqlError") return false
  const inner = "reason" in reason ? reason.reason : undefined
  return typeof inner === "object" && inner !== null && "_tag" in inner && transient.has(String(inner._tag))
}

const transient = new Set(["ConnectionError", "StatementTimeoutError", "LockTimeoutError"])
