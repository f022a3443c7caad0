/** What Clerk's API knows of a user. */
import { Effect, Layer, Option, Redacted, Schema, Semaphore } from "effect"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import { clerkUserOf, decodeClerkUserJson } from "../services/auth/clerkUser.ts"
import { Profiles } from "../services/auth/Profiles.ts"
import { keptOnceDone } from "../services/keeping.ts"
import type { ClerkApi } from "./ClerkKeys.ts"

const timeLimit = "1.5 seconds"
const maxAtOnce = 20
const policy = { tripPolicy: CircuitBreaker.consecutive(3), openDuration: "30 seconds" } as const

class NoAnswer extends Schema.TaggedError<NoAnswer>()("NoAnswer", { message: Schema.String, status: Schema.Unknown }) {}

/** Asked at a user's first sight, and only then: a Clerk that is down, slow or wrong costs nobody their sign-in. */
export const layer = (api: ClerkApi) =>
  Layer.effect(
    Profiles,
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make(policy)
      const places = yield* Semaphore.make(maxAtOnce)
      const client = yield* keptOnceDone(loadClient(api))

      const ask = Effect.fnUntraced(function* (clerkId: string) {
        const { users } = yield* client
        const { raw } = yield* Effect.tryPromise({ try: () => users.getUser(clerkId), catch: noAnswer })
        const user = yield* Effect.mapError(Effect.fromResult(decodeClerkUserJson(raw)), noAnswer)
        if (user.id !== clerkId)
          return yield* new NoAnswer({ message: "The answer is about somebody else", status: 200 })
        return Option.some(clerkUserOf(user))
      })

      const find = (clerkId: string) =>
        ask(clerkId).pipe(
          Effect.catchIf(
            ({ status }) => status === 404,
            () => Effect.succeed(Option.none())
          ),
          Effect.timeoutOrElse({
            duration: timeLimit,
            orElse: () => new NoAnswer({ message: `No answer within ${timeLimit}`, status: undefined })
          }),
          Effect.tapError(({ message }) =>
            Effect.logWarning("Clerk does not tell who a new user is").pipe(Effect.annotateLogs({ reason: message }))
          ),
          breaker.execute({ key: api.url }),
          places.withPermitsIfAvailable(1),
          Effect.map(Option.flatten),
          Effect.catch(() => Effect.succeed(Option.none()))
        )

      return { find }
    })
  ).pipe(Layer.provide(CircuitBreaker.layerStoreMemory()))

/** Loaded with the first new user: 3 MB, and 15 to 30 ms. It would report on itself to Clerk unless told not to. */
const loadClient = ({ url, secretKey }: ClerkApi) =>
  Effect.tryPromise({
    try: async () => {
      const { createClerkClient } = await import("@clerk/backend")
      return createClerkClient({ apiUrl: url, secretKey: Redacted.value(secretKey), telemetry: { disabled: true } })
    },
    catch: noAnswer
  })

const noAnswer = (error: unknown) =>
  new NoAnswer({
    message: error instanceof Error ? error.message : "No answer",
    status: typeof error === "object" && error !== null && "status" in error ? error.status : undefined
  })
