/** The public keys of a Clerk instance, from its JWKS endpoint. */
import { createPublicKey, type webcrypto } from "node:crypto"
import { Clock, Effect, Option, Redacted, Schema } from "effect"
import { Unavailable } from "../services/errors.ts"
import { makeSharing } from "../services/sharing.ts"

/** Clerk's API, and the secret key that opens it. */
export interface ClerkApi {
  readonly url: string
  readonly secretKey: Redacted.Redacted
}

const timeLimit = "3 seconds"
const refreshEvery = "1 hour"
/** Nobody who invents key ids makes us ask Clerk more often than this, in seconds; nor more often while it is down. */
const pause = { withKeys: 60, withoutKeys: 5 }

type Keys = ReadonlyMap<string, webcrypto.JsonWebKey>

/**
 * Looks keys up by their id. They are fetched in the background, at the start and every hour, and again for an id that
 * is not known; those at hand stay when a fetch fails. Unavailable while none was ever had.
 */
export const make = Effect.fnUntraced(function* (api: ClerkApi) {
  const share = yield* makeSharing<void, never>()
  let keys: Keys = new Map()
  let askedAt = Number.NEGATIVE_INFINITY

  const secondsToWait = () => (keys.size > 0 ? pause.withKeys : pause.withoutKeys)

  const ask = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    if (now - askedAt < secondsToWait() * 1000) return
    askedAt = now
    keys = yield* fetchKeys(api)
  }).pipe(
    Effect.catch(({ message }) =>
      Effect.logWarning("Clerk's keys were not fetched").pipe(Effect.annotateLogs({ reason: message }))
    )
  )
  const refresh = share("keys", ask)

  yield* Effect.suspend(() => Effect.sleep(keys.size > 0 ? refreshEvery : `${pause.withoutKeys} seconds`)).pipe(
    (wait) => Effect.andThen(refresh, wait),
    Effect.forever,
    Effect.forkScoped
  )

  return Effect.fnUntraced(function* (id: string) {
    if (!keys.has(id)) yield* refresh
    if (keys.size === 0) return yield* new Unavailable({ retry_after: pause.withoutKeys })
    return keys.get(id)
  })
})

class KeysNotFetched extends Schema.TaggedError<KeysNotFetched>()("KeysNotFetched", { message: Schema.String }) {}

const fetchKeys = ({ url, secretKey }: ClerkApi) =>
  Effect.tryPromise({
    try: async (signal) => {
      const authorization = `Bearer ${Redacted.value(secretKey)}`
      const response = await fetch(`${url}/v1/jwks`, { headers: { authorization }, redirect: "error", signal })
      if (!response.ok) throw new Error(`status ${response.status}`)
      return await response.json()
    },
    catch: (error) => new KeysNotFetched({ message: error instanceof Error ? error.message : "no answer" })
  }).pipe(
    Effect.timeoutOrElse({
      duration: timeLimit,
      orElse: () => new KeysNotFetched({ message: `no answer within ${timeLimit}` })
    }),
    Effect.map(keysIn),
    Effect.filterOrFail(
      ({ size }) => size > 0,
      () => new KeysNotFetched({ message: "no key in the answer" })
    )
  )

const decodeSet = Schema.decodeUnknownOption(Schema.Struct({ keys: Schema.Array(Schema.Unknown) }))
const decodeKey = Schema.decodeUnknownOption(
  Schema.Struct({
    kid: Schema.NonEmptyString,
    kty: Schema.Literal("RSA"),
    n: Schema.String,
    e: Schema.String,
    alg: Schema.optionalKey(Schema.Literal("RS256")),
    use: Schema.optionalKey(Schema.Literal("sig"))
  })
)

/** Keys of other kinds, which may come to stand beside ours one day, are passed over. */
const keysIn = (answer: unknown): Keys => {
  const set = Option.match(decodeSet(answer), { onNone: () => [], onSome: ({ keys }) => keys })
  return new Map(
    set.flatMap((item) => {
      const key = decodeKey(item)
      if (Option.isNone(key) || !isLongEnough(key.value)) return []
      const { kid, kty, n, e } = key.value
      return [[kid, { kty, n, e, alg: "RS256" }] as const]
    })
  )
}

const isLongEnough = ({ kty, n, e }: { readonly kty: string; readonly n: string; readonly e: string }) => {
  try {
    return (createPublicKey({ key: { kty, n, e }, format: "jwk" }).asymmetricKeyDetails?.modulusLength ?? 0) >= 2048
  } catch {
    return false
  }
}
