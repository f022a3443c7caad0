import { randomUUID } from "node:crypto"
import { existsSync } from "node:fs"
import { Cause, Effect, Layer } from "effect"
import * as DiskObjects from "../../layers/DiskObjects.ts"
import { OwnAddress } from "../../layers/OwnAddress.ts"
import * as S3Objects from "../../layers/S3Objects.ts"
import { findings, objectsPlaceIn } from "../../layers/Settings.ts"
import { ObjectStore } from "../../services/media/ObjectStore.ts"
import { explainCause } from "../explain.ts"
import { ok, warning, wrong } from "./check.ts"

const name = "Object store"
/** Nothing that is tried here has an address. */
const NoAddress = Layer.succeed(OwnAddress, { origin: () => "", listensOn: () => {} })

const options = { content_type: "text/plain" }

/** What clients have sent is not checked yet: it may be anything, under our name. */
const uploadsArePublic = warning(
  "Uploads",
  "can be read by anybody at S3_PUBLIC_URL",
  "keep uploads/ out of what the bucket shows: only images/ and videos/ are for everybody"
)

/** Whether the store takes an object, gives it back and lets go of it. A directory that was never made is left unmade. */
export const objectChecks = Effect.gen(function* () {
  const { wrong: unread, dataDir, s3 } = objectsPlaceIn(yield* findings)
  if (unread.length > 0) return [wrong(name, "not looked for", `mend ${unread.join(", ")} first`)]
  if (s3 === undefined && !existsSync(DiskObjects.objectsIn(dataDir)))
    return [ok(name, "embedded; made with the first upload")]
  const where =
    s3 === undefined ? DiskObjects.objectsIn(dataDir) : `bucket ${s3.bucket} at ${new URL(s3.endpoint).host}`
  return yield* tried.pipe(
    Effect.map((isPublic) => [ok(name, where), ...(s3 !== undefined && isPublic ? [uploadsArePublic] : [])]),
    Effect.timeout("20 seconds"),
    Effect.provide(s3 === undefined ? DiskObjects.layer(dataDir).pipe(Layer.provide(NoAddress)) : S3Objects.layer(s3)),
    Effect.catchCause((cause) =>
      Cause.hasInterruptsOnly(cause)
        ? Effect.interrupt
        : Effect.succeed([wrong(name, `${where} does not work`, explainCause(cause))])
    )
  )
})

const tried = Effect.gen(function* () {
  const store = yield* ObjectStore
  const key = `uploads/doctor/${randomUUID()}`
  const isPublic = yield* store
    .put(key, Buffer.from("doctor"), options)
    .pipe(
      Effect.andThen(store.head(key)),
      Effect.flatMap(Effect.fromOption),
      Effect.andThen(isShown(store.publicUrl(key))),
      Effect.ensuring(Effect.ignore(store.remove([key])))
    )
  // By itself: a key may be allowed to write and not to delete.
  yield* store.remove([key])
  return isPublic
})

/** To whoever asks, without a key. */
const isShown = (url: string) =>
  Effect.promise((signal) =>
    URL.canParse(url)
      ? fetch(url, { signal }).then(
          async (response) => {
            await response.body?.cancel()
            return response.ok
          },
          () => false
        )
      : Promise.resolve(false)
  )
