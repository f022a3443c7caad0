import { isUtf8 } from "node:buffer"
import type { IncomingMessage } from "node:http"
import { Cause, Context, Duration, Effect, Fiber, Layer, Option, Predicate, Schema } from "effect"
import { HttpServerRequest, type HttpServerResponse } from "effect/http"
import { type HttpApiEndpoint, HttpApiMiddleware } from "effect/http-api"
import { Unavailable, ValidationFailed } from "../../services/errors.ts"
import { ObjectStoreError } from "../../services/media/ObjectStore.ts"
import { Patience } from "../../services/patience.ts"
import { failureOf, failureReply } from "../http/errorReply.ts"
import { failures } from "../http/failures.ts"
import { lengthsOf } from "./bodyLengths.ts"
import { Budget, Patient } from "./limits.ts"

/**
 * Turns every failure of an endpoint, expected or not, into the error envelope, and so what takes too long. Outermost, so
 * that it sees them all.
 */
export class ErrorEnvelope extends HttpApiMiddleware.Service<ErrorEnvelope>()("zst/ErrorEnvelope") {
  static readonly layer = Layer.succeed(ErrorEnvelope, (httpEffect, { endpoint }) =>
    Effect.catchCause(
      endpoint.payload.size === 0
        ? inTime(endpoint, httpEffect)
        : Effect.andThen(measured(endpoint), inTime(endpoint, Effect.flatMap(httpEffect, inEnvelope(endpoint)))),
      replyToCause
    )
  )
}

/** What is cut off has its transaction undone, or sees its commit to the end: a key tells which. */
const inTime = <A, E, R>({ annotations, payload }: HttpApiEndpoint.Top, httpEffect: Effect.Effect<A, E, R>) => {
  if (takesFile(payload)) {
    return Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ source }) =>
      within(httpEffect, fileBudget, (begin) => (source as IncomingMessage).once("end", begin))
    )
  }
  const budget = Duration.seconds(Context.get(annotations, Budget))
  const patient = Context.get(annotations, Patient) ? Effect.provideService(httpEffect, Patience, budget) : httpEffect
  return within(patient, Duration.toMillis(budget))
}

/** Of what is done with a file that has come, in milliseconds: less than a silent connection lasts (http/unread.ts). */
const fileBudget = 60_000

/**
 * As `Effect.timeoutOrElse`, from when it is told to begin; but nobody waits until what is cut off has ended, which a silent
 * database may delay.
 */
export const within = <A, E, R>(
  httpEffect: Effect.Effect<A, E, R>,
  milliseconds: number,
  whenBegun: (begin: () => void) => void = (begin) => begin()
) =>
  Effect.withFiber<A, E | Unavailable, R>((current) =>
    Effect.callback((resume) => {
      const fiber = Effect.runForkWith(current.context as Context.Context<R>)(httpEffect)
      let timer: NodeJS.Timeout | undefined
      whenBegun(() => {
        if (fiber.pollUnsafe() !== undefined) return
        timer = setTimeout(() => {
          resume(Effect.fail(new Unavailable({ retry_after: 2 })))
          // What may end at once would be heard first.
          fiber.interruptUnsafe()
        }, milliseconds)
      })
      fiber.addObserver((exit) => {
        clearTimeout(timer)
        resume(exit)
      })
      return Fiber.interrupt(fiber)
    })
  )

const takesFile = (payload: HttpApiEndpoint.Top["payload"]) =>
  [...payload.keys()].some((type) => type.startsWith("multipart/"))

class MalformedJson extends Schema.TaggedError<MalformedJson>()(
  "MalformedJson",
  { reason: Schema.String },
  { httpApiStatus: 400 }
) {
  override get message() {
    return this.reason
  }
}

// It would be read as U+FFFD, and kept so.
const notUtf8 = "The body is not in UTF-8."

/** No body of ours is a third of that deep; of one of 260,000 brackets the parser makes a quarter of a second. */
const deepest = 32

const tooDeep = `The body has lists or objects within each other, more than ${deepest} deep.`

const [quote, backslash, openList, closeList, openObject, closeObject] = [34, 92, 91, 93, 123, 125]

/** Whether something in this JSON lies deeper; of what is no JSON it says anything. */
const isTooDeep = (json: Uint8Array) => {
  let depth = 0
  let isText = false
  for (let i = 0; i < json.length; i++) {
    const sign = json[i]
    if (isText) {
      if (sign === backslash) i++
      else if (sign === quote) isText = false
    } else if (sign === quote) isText = true
    else if (sign === openList || sign === openObject) {
      if (++depth > deepest) return true
    } else if (sign === closeList || sign === closeObject) depth--
  }
  return false
}

/** A body in which something might be too long. */
const longBody = 4096

const decodeBody = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

/**
 * Waits for the body, which has its own time to arrive (body.ts). Lists and maps have their length looked at first;
 * whatever else is wrong with a body is told when it is read.
 */
const measured = ({ payload }: HttpApiEndpoint.Top) => {
  if (takesFile(payload)) return Effect.void
  const looks = [...payload.values()].flatMap(({ schemas }) => schemas).flatMap((schema) => lengthsOf(schema) ?? [])
  return Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
    // A form is no JSON: the endpoint says so.
    if (request.headers["content-type"]?.startsWith("multipart/") === true) return Effect.void
    return Effect.matchEffect(request.arrayBuffer, {
      onFailure: () => Effect.void,
      onSuccess: (bytes): Effect.Effect<void, MalformedJson | ValidationFailed> => {
        if (!isUtf8(bytes)) return Effect.fail(new MalformedJson({ reason: notUtf8 }))
        if (bytes.byteLength < longBody) return Effect.void
        if (isTooDeep(new Uint8Array(bytes))) return Effect.fail(new MalformedJson({ reason: tooDeep }))
        if (looks.length === 0) return Effect.void
        const body = Option.getOrUndefined(decodeBody(Buffer.from(bytes).toString()))
        const details = looks.flatMap((look) => look(body))
        return details.length === 0 ? Effect.void : Effect.fail(new ValidationFailed({ details }))
      }
    })
  })
}

/** A body of another type than the endpoint takes is refused before there is a failure, in plain text. */
const inEnvelope = ({ payload }: HttpApiEndpoint.Top) => {
  const takes = [...payload.keys()].join(" or ")
  const failure = { ...failures.mediaType, message: `Send the body as ${takes}.` }
  return (response: HttpServerResponse.HttpServerResponse) =>
    response.status === 415 && response.headers["content-type"]?.startsWith("text/plain") === true
      ? Effect.map(requestId, (id) => failureReply(failure, id))
      : Effect.succeed(response)
}

const requestId = Effect.map(HttpServerRequest.HttpServerRequest, ({ headers }) => headers["x-request-id"] ?? "")

const reasonOf = (cause: Cause.Cause<unknown>) => {
  const failure = Cause.findErrorOption(cause)
  if (Option.isSome(failure)) return failure.value
  const defect = cause.reasons.find(Cause.isDieReason)
  return defect?.defect
}

/** Logs what nobody expected and answers it without a word of its cause. */
export const replyToCause = Effect.fnUntraced(function* (cause: Cause.Cause<unknown>) {
  if (Cause.hasInterruptsOnly(cause)) return yield* Effect.interrupt
  const id = yield* requestId
  const reason = reasonOf(cause)
  const failure = failureOf(reason)
  if (failure !== undefined) return failureReply(failure, id)
  const annotated = Effect.annotateLogs({ request_id: id })
  if (isUnavailable(reason)) {
    yield* Effect.logWarning("request could not be served", inShort(reason)).pipe(annotated)
    return failureReply(failures.unavailable, id)
  }
  yield* Effect.logError("request failed", cause).pipe(annotated)
  return failureReply(failures.internal, id)
})

const inShort = (reason: unknown) => {
  const inner = Predicate.hasProperty(reason, "reason") ? reason.reason : reason
  const cause = Predicate.hasProperty(inner, "cause") ? inner.cause : inner
  return cause instanceof Error ? cause.message : String(cause)
}

/**
 * The database cannot be reached or has no connection left, or the object store cannot: worth another try, and not the
 * request's fault.
 */
const isUnavailable = (reason: unknown) => {
  if (reason instanceof ObjectStoreError) return true
  if (typeof reason !== "object" || reason === null || !("_tag" in reason) || reason._tag !== "SqlError") return false
  const inner = "reason" in reason ? reason.reason : undefined
  if (!Predicate.hasProperty(inner, "_tag")) return false
  if (transient.has(String(inner._tag))) return true
  return Predicate.hasProperty(inner, "cause") && Predicate.hasProperty(inner.cause, "code")
    ? isTransientState(String(inner.cause.code))
    : false
}

/** More connections than PostgreSQL or the role may have, a database that takes none or no writes, a server that starts or stops. */
const isTransientState = (code: string) => ["53300", "55000", "25006"].includes(code) || code.startsWith("57P0")

const transient = new Set(["ConnectionError", "StatementTimeoutError", "LockTimeoutError"])
