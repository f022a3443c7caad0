import { assert, layer } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { SqlClient } from "effect/sql"
import { Wilayas } from "../../src/services/delivery/Wilayas.ts"
import { TestServer } from "../support/server.ts"
import { addProduct, customer, seller } from "../support/shop.ts"

layer(TestServer.layer)("wilayas", (it) => {
  it.effect("are read for all outside of whoever's transaction, which may be undone", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const wilayas = yield* Wilayas
      // Nobody else sees it.
      const unseen = Effect.andThen(
        sql`UPDATE wilayas SET name_fr = 'Nulle part' WHERE code = 19`,
        Effect.exit(wilayas.named("Nulle part", "wilaya"))
      )
      const found = yield* Effect.flip(sql.withTransaction(Effect.flatMap(unseen, Effect.fail)))
      assert.isTrue(Exit.isExit(found) && Exit.isFailure(found))
    })
  )

  it.effect("are 69 by code, with both names, the later ones dated by their law and with their parent", () =>
    Effect.gen(function* () {
      const { get } = yield* TestServer
      const { status, json } = yield* get("/api/v1/wilayas")
      assert.strictEqual(status, 200)
      assert.deepStrictEqual(
        json.data.map(({ code }: { code: number }) => code),
        Array.from({ length: 69 }, (_, i) => i + 1)
      )
      assert.deepStrictEqual(json.data[15], {
        code: 16,
        name_fr: "Alger",
        name_ar: "الجزائر",
        valid_from: "1984-02-04",
        parent: null
      })
      const later = json.data.filter(({ valid_from }: { valid_from: string }) => valid_from > "1984-02-04")
      assert.lengthOf(later, 21)
      assert.deepInclude(json.data[68], { code: 69, name_fr: "El Abiodh Sidi Cheikh", parent: 32 })
      assert.strictEqual(later[0].code, 49)
    })
  )

  it.effect("are found by each of their names and their code, however they are written", () =>
    Effect.gen(function* () {
      const wilayas = yield* Wilayas
      const { get } = yield* TestServer
      const { json } = yield* get("/api/v1/wilayas")
      for (const { code, name_fr, name_ar } of json.data) {
        const writings = [name_fr, name_ar, code, ` ${String(name_fr).toUpperCase().replaceAll(" ", "-")} `]
        for (const named of writings)
          assert.strictEqual((yield* wilayas.named(named, "wilaya")).code, code, String(named))
      }
      const cases = { "sidi-bel-abbes": 22, MSILA: 28, "M’Sila": 28, "05": 5, "٠٥": 5, الاغواط: 3, بجايه: 6 }
      for (const [named, code] of Object.entries(cases)) {
        assert.strictEqual((yield* wilayas.named(named, "wilaya")).code, code, named)
      }
      for (const named of ["Paris", "0", "70", "-", "", 99]) {
        const { details } = yield* Effect.flip(wilayas.named(named, "customer_wilaya")) as Effect.Effect<any>
        assert.deepStrictEqual(details[0].field, "customer_wilaya", String(named))
      }
    })
  )

  it.effect("are looked for again by the next order when they could not be read", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const { id } = yield* addProduct(yield* seller, { stock: 10 })
      const order = server.post("/api/v1/orders", {
        ...customer,
        customer_wilaya: "tamanrasset",
        items: [{ product_id: id, quantity: 1 }]
      })
      yield* sql`ALTER TABLE wilayas RENAME TO elsewhere`
      assert.strictEqual((yield* order).status, 500)
      yield* sql`ALTER TABLE elsewhere RENAME TO wilayas`
      assert.strictEqual((yield* order).status, 201)
    })
  )
})
