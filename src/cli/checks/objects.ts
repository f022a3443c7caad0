import { randomUUID } from "node:crypto"
import { existsSync } from "node:fs"
import { Cause, Effect, Layer, Option } from "effect"
import { objectsIn } from "../../layers/DiskObjects.ts"
import * as ObjectStorage from "../../layers/ObjectStorage.ts"
import { OwnAddress } from "../../layers/OwnAddress.ts"
import { Settings } from "../../layers/Settings.ts"
import { ObjectStore } from "../../services/media/ObjectStore.ts"
import { explainCause } from "../explain.ts"
import { ok, wrong } from "./check.ts"

const name = "Object store"
const options = { content_type: "text/plain" }

/** Whether the store takes an object, gives it back and lets go of it. A directory that was never made is left unmade. */
export const objectChecks = Effect.gen(function* () {
  const settings = Option.getOrUndefined(yield* Effect.option(Effect.provide(Settings, Settings.layer)))
  if (settings === undefined) return [wrong(name, "not looked for", "mend the settings below first")]
  const { s3, dataDir } = settings
  if (s3 === undefined && !existsSync(objectsIn(dataDir))) return [ok(name, "embedded; made with the first upload")]
  const where = s3 === undefined ? objectsIn(dataDir) : `bucket ${s3.bucket} at ${new URL(s3.endpoint).host}`
  return yield* tried.pipe(
    Effect.as([ok(name, where)]),
    Effect.timeout("20 seconds"),
    Effect.provide(ObjectStorage.layer.pipe(Layer.provide(OwnAddress.layer), Layer.provide(Settings.layer))),
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
  yield* store.put(key, Buffer.from("doctor"), options).pipe(
    Effect.andThen(store.head(key)),
    Effect.flatMap(Effect.fromOption),
    Effect.ensuring(Effect.ignore(store.remove([key])))
  )
  // By itself: a key may be allowed to write and not to delete.
  yield* store.remove([key])
})
