import { Context, Effect, Layer } from "effect"

/**
 * Which generation of the public catalogue this process serves. A write moves it after its commit, and whatever was
 * kept of an earlier generation is not served any more. Other processes bound what they keep by age.
 */
export class Freshness extends Context.Service<
  Freshness,
  {
    readonly generation: () => number
    readonly changed: Effect.Effect<void>
  }
>()("zst/catalog/Freshness") {
  static readonly layer = Layer.sync(Freshness, () => {
    let generation = 0
    return Freshness.of({
      generation: () => generation,
      changed: Effect.sync(() => {
        generation++
      })
    })
  })

  /** How long anything of the public catalogue may be kept, in milliseconds. */
  static readonly maxAge = 1000
}
