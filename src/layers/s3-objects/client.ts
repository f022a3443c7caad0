import type { S3Client } from "@aws-sdk/client-s3"
import { Effect, Redacted } from "effect"
import { keptOnceDone } from "../../services/keeping.ts"
import { ObjectStoreError } from "../../services/media/ObjectStore.ts"

export type S3Settings = {
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  readonly accessKeyId: Redacted.Redacted
  readonly secretAccessKey: Redacted.Redacted
  /** Where anybody reads the bucket's objects, without a slash at the end. */
  readonly publicUrl: string
}

type Sdk = typeof import("@aws-sdk/client-s3")
type Loaded = { readonly sdk: Sdk; readonly client: S3Client }

/** Runs a call of the SDK, which retries it twice, within time limits. */
export type Call = <A>(
  operation: string,
  call: (loaded: Loaded, options: { readonly abortSignal: AbortSignal }) => Promise<A>
) => Effect.Effect<A, ObjectStoreError>

/** The SDK is loaded with the first call: it weighs 35 MB, which a server that is not asked for media need not carry. */
export const makeCall = Effect.fnUntraced(function* (settings: S3Settings) {
  let client: S3Client | undefined
  yield* Effect.addFinalizer(() => Effect.sync(() => client?.destroy()))
  const loaded = yield* keptOnceDone(
    Effect.promise(async (): Promise<Loaded> => {
      const sdk = await import("@aws-sdk/client-s3")
      client = new sdk.S3Client(optionsOf(settings))
      return { sdk, client }
    })
  )
  const call: Call = (operation, run) =>
    Effect.flatMap(loaded, (at) =>
      Effect.tryPromise({
        try: (abortSignal) => run(at, { abortSignal }),
        catch: (error) => failed(operation, error)
      })
    )
  return call
})

const optionsOf = ({ endpoint, region, accessKeyId, secretAccessKey }: S3Settings) => ({
  endpoint,
  region,
  credentials: { accessKeyId: Redacted.value(accessKeyId), secretAccessKey: Redacted.value(secretAccessKey) },
  // Amazon alone wants the bucket in the host's name.
  forcePathStyle: !new URL(endpoint).hostname.endsWith(".amazonaws.com"),
  // R2 and others do not know the checksums that the SDK would add.
  requestChecksumCalculation: "WHEN_REQUIRED" as const,
  responseChecksumValidation: "WHEN_REQUIRED" as const,
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 3000,
    requestTimeout: 60_000,
    throwOnRequestTimeout: true,
    socketTimeout: 30_000,
    httpAgent: { keepAlive: true, maxSockets: 50 },
    httpsAgent: { keepAlive: true, maxSockets: 50 }
  }
})

/** Only what the error says: the SDK's own object carries the request, signed. */
export const failed = (operation: string, error: unknown) =>
  new ObjectStoreError({
    operation,
    cause: error instanceof Error ? new StoreSaid(error.name, error.message, statusOf(error)) : error
  })

export class StoreSaid extends Error {
  readonly status: number | undefined
  constructor(name: string, message: string, status: number | undefined) {
    super(message === name || message === "" ? name : `${name}: ${message}`)
    this.name = name
    this.status = status
  }
}

const statusOf = (error: object) => {
  const metadata = "$metadata" in error ? error.$metadata : undefined
  const status =
    typeof metadata === "object" && metadata !== null && "httpStatusCode" in metadata
      ? metadata.httpStatusCode
      : undefined
  return typeof status === "number" ? status : undefined
}
