import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { TestServer } from "../support/server.ts"

layer(TestServer.layer)("wilayas", (it) => {
  it.effect("are 58 by code, with both names, the later ten dated by their law", () =>
    Effect.gen(function* () {
      const { get } = yield* TestServer
      const { status, json } = yield* get("/api/v1/wilayas")
      assert.strictEqual(status, 200)
      assert.deepStrictEqual(
        json.data.map(({ code }: { code: number }) => code),
        Array.from({ length: 58 }, (_, i) => i + 1)
      )
      assert.deepStrictEqual(json.data[15], {
        code: 16,
        name_fr: "Alger",
        name_ar: "الجزائر",
        valid_from: "1984-02-04"
      })
      const later = json.data.filter(({ valid_from }: { valid_from: string }) => valid_from > "1984-02-04")
      assert.lengthOf(later, 10)
      assert.strictEqual(later[0].code, 49)
    })
  )
})
