import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import sharp from "sharp"
import { isSimpleProfile } from "../../src/layers/colourProfile.ts"
import * as SharpImages from "../../src/layers/SharpImages.ts"
import { UserId } from "../../src/services/auth/model.ts"
import { Images } from "../../src/services/media/Images.ts"
import { steppedProfile, withProfile } from "../support/colourProfile.ts"

const plain = sharp({ create: { width: 200, height: 200, channels: 3, background: { r: 120, g: 60, b: 200 } } })

const written = {
  png: () => plain.clone().png().toBuffer(),
  jpeg: () => plain.clone().jpeg().toBuffer(),
  webp: () => plain.clone().withIccProfile("srgb").webp().toBuffer()
}

it.effect("the profiles of screens, cameras and presses are read", () =>
  Effect.gen(function* () {
    for (const name of ["srgb", "p3", "cmyk"]) {
      const image = name === "cmyk" ? plain.clone().toColourspace("cmyk") : plain.clone()
      const { icc } = yield* Effect.promise(async () =>
        sharp(await image.withIccProfile(name).jpeg().toBuffer()).metadata()
      )
      assert.isTrue(icc !== undefined && isSimpleProfile(icc), name)
    }
    assert.isFalse(isSimpleProfile(steppedProfile(2)))
    assert.isFalse(isSimpleProfile(Buffer.alloc(131)))
    assert.isFalse(isSimpleProfile(Buffer.alloc(200, 0xff)))
  })
)

for (const format of ["png", "jpeg", "webp"] as const) {
  it.live(`a ${format} whose profile is a program of many steps costs what any picture costs`, () =>
    Effect.gen(function* () {
      const picture = yield* Effect.promise(written[format])
      const bytes = withProfile[format](picture, steppedProfile(20_000))
      const { icc } = yield* Effect.promise(() => sharp(bytes).metadata())
      assert.isTrue(icc !== undefined && !isSimpleProfile(icc))
      const { render } = yield* Images
      const started = process.cpuUsage()
      const [small] = yield* render(UserId.make("somebody"), { bytes }, [
        { name: "small", longest: 100, quality: 80, effort: 0 }
      ])
      const { user, system } = process.cpuUsage(started)
      assert.deepStrictEqual([small?.width, small?.height], [100, 100])
      // With its steps it would be five seconds.
      assert.isBelow((user + system) / 1e6, 3)
    }).pipe(Effect.provide(SharpImages.layer))
  )
}
