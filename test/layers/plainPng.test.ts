/** What is left out of a PNG before anything decodes it. */
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import sharp from "sharp"
import { plainPng } from "../../src/layers/plainPng.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { chunk, chunkedPng, deflated, photo } from "../support/pictures.ts"

/** Whether it is still where it was, and what is there now. */
const plain = Effect.fnUntraced(function* (bytes: Uint8Array) {
  const directory = yield* temporaryDirectory("zst-png-")
  const [from, to] = [join(directory, "from"), join(directory, "to")]
  return yield* Effect.promise(async () => {
    await writeFile(from, bytes)
    const path = await plainPng(from, to)
    return { isWhereItWas: path === from, bytes: await readFile(path) }
  })
}, Effect.scoped)

const png = (...chunks: ReadonlyArray<Uint8Array>) => Effect.promise(() => chunkedPng(chunks))

const text = chunk("tEXt", Buffer.from("Comment\0of nobody's interest"))
const profile = (bytes: number) => chunk("iCCP", Buffer.concat([Buffer.from("k\0\0"), deflated(bytes)]))

it.effect("a PNG of nothing but its picture is not copied", () =>
  Effect.gen(function* () {
    const palette = yield* Effect.promise(() => photo(40, 30).png({ palette: true }).toBuffer())
    for (const bytes of [yield* png(), palette]) {
      assert.deepStrictEqual(yield* plain(bytes), { isWhereItWas: true, bytes })
    }
  })
)

it.effect("texts, times and whatever nobody knows are left out, and the rest is as it was", () =>
  Effect.gen(function* () {
    const others = ["tIME", "acTL", "teSt"].map((type) => chunk(type, Buffer.alloc(8)))
    const physical = chunk("pHYs", Buffer.from([0, 0, 11, 19, 0, 0, 11, 19, 1]))
    const left = yield* plain(yield* png(text, physical, ...others, text))
    assert.deepStrictEqual(left, { isWhereItWas: false, bytes: yield* png(physical) })
  })
)

it.effect("a colour profile is kept, unless it is more than any camera writes", () =>
  Effect.gen(function* () {
    const p3 = yield* Effect.promise(() => photo(40, 30).withIccProfile("p3").png().toBuffer())
    const at = p3.indexOf("iCCP", 0, "latin1") - 4
    const chunkOfP3 = p3.subarray(at, at + 12 + p3.readUInt32BE(at))
    const kept = (yield* plain(yield* png(text, chunkOfP3))).bytes
    assert.deepStrictEqual(kept, yield* png(chunkOfP3))
    const [before, after] = yield* Effect.promise(() => Promise.all([sharp(p3).metadata(), sharp(kept).metadata()]))
    assert.isDefined(after.icc)
    assert.deepStrictEqual(after.icc, before.icc)
    const most = yield* png(profile(4_000_000))
    assert.deepStrictEqual(yield* plain(most), { isWhereItWas: true, bytes: most })
    // Thousands of them would be inflated for minutes.
    const [one, another] = [profile(1000), profile(2000)]
    assert.deepStrictEqual((yield* plain(yield* png(one, another, another))).bytes, yield* png(one))
    for (const none of [profile(4_000_001), profile(50_000_000), chunk("iCCP", Buffer.from("k\0\0nonsense"))]) {
      assert.deepStrictEqual(yield* plain(yield* png(none)), { isWhereItWas: false, bytes: yield* png() })
    }
  })
)
