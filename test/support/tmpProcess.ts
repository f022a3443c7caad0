/** Renders pictures at once: `node picturesProcess.ts LONGEST FILE…` */
import { randomUUID } from "node:crypto"
import { NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import * as SharpImages from "../../src/layers/SharpImages.ts"
import { UserId } from "../../src/services/auth/model.ts"
import { type ImageSource, Images } from "../../src/services/media/Images.ts"
import { type Rendered, risingAbove } from "./memory.ts"
import { jpeg } from "./pictures.ts"

const [longest = "", ...paths] = process.argv.slice(2)
const rendition = { name: "small", longest: Number(longest), quality: 90, effort: 0 }

setInterval(() => (globalThis as any).gc(), 10).unref()
const program = Effect.gen(function* () {
  const images = yield* Images
  const sidesOf = (source: ImageSource) =>
    Effect.map(images.render(UserId.make(randomUUID()), source, [rendition]), ([image]) => {
      return [image?.width ?? 0, image?.height ?? 0] as const
    })
  // What is loaded with the first of them is not of any.
  yield* sidesOf({ bytes: yield* Effect.promise(() => jpeg(64, 48)) })
  const rise = risingAbove("self")
  const sides = yield* Effect.forEach(paths, (path) => sidesOf({ path }), { concurrency: "unbounded" })
  process.stdout.write(JSON.stringify({ rise: rise(), sides } satisfies Rendered))
})

NodeRuntime.runMain(Effect.provide(program, SharpImages.layer))
