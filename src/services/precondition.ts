/**
 * Changes that are meant for one version of a thing: whoever read it names what they saw, and when it is something else
 * by now, nothing is changed.
 */
import { hash } from "node:crypto"
import { Effect, Schema } from "effect"
import { dataText, type Encoded } from "./wire.ts"

export const tagLength = 22

/** The tag of an answer's bytes, the same for the same bytes alone: 132 bits of their SHA-256 in base64url. */
export const tagOf = (body: string | Uint8Array) => hash("sha256", body, "base64url").slice(0, tagLength)

/** The tags of the versions that a change is meant for, or `*`: whichever there is. */
export type Expected = "*" | ReadonlyArray<string>

/** The thing is no longer what the caller has seen. */
export class PreconditionFailed extends Schema.TaggedError<PreconditionFailed>()(
  "PreconditionFailed",
  {},
  { httpApiStatus: 412 }
) {
  override get message() {
    return "This has changed since you read it. Read it again, and decide again."
  }
}

/** A change that is right for one version alone was sent without saying which. */
export class PreconditionRequired extends Schema.TaggedError<PreconditionRequired>()(
  "PreconditionRequired",
  { reason: Schema.String },
  { httpApiStatus: 428 }
) {
  override get message() {
    return `${this.reason} Read it first, and send its ETag as If-Match.`
  }
}

/** Whether the caller named versions: `*` is any. */
export const namesVersion = (expected: Expected | undefined) => expected !== undefined && expected !== "*"

/**
 * Fails unless what `read` finds is an expected version. To be asked while the thing's row is locked, so that of two
 * changes meant for the same version one comes too late. `read` is what answers the caller's reads.
 */
export const requireVersion = Effect.fnUntraced(function* <A, E, R>(
  expected: Expected | undefined,
  read: Effect.Effect<Encoded<A>, E, R>
) {
  if (expected === undefined || expected === "*") return
  if (!expected.includes(tagOf(dataText(yield* read)))) return yield* new PreconditionFailed()
})
