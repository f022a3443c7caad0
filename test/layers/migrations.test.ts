import { assert, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { categories } from "../../migrations/data/categories.ts"
import { wilayas } from "../../migrations/data/wilayas.ts"
import { migrations } from "../../migrations/index.ts"
import { insertRows, script, textOf } from "../../migrations/script.ts"
import { migrate, status } from "../../src/layers/Migrations.ts"
import { digests, numberOf } from "../../src/layers/ownDatabase.ts"
import { pool } from "../../src/layers/Postgres.ts"
import { freshDatabase } from "../support/database.ts"

it("each migration is a script or inserts rows, or else nobody could tell that it was changed", () => {
  const untold = Object.keys(migrations).filter((name) => !digests.has(numberOf(name)))
  assert.deepStrictEqual(untold, [])
})

it("what a migration inserts is part of what it is", () => {
  const table = (rows: ReadonlyArray<object>) => textOf(script(["CREATE TABLE t (n int)"], insertRows("t", rows)))
  assert.strictEqual(table([{ n: 1 }]), table([{ n: 1 }]))
  assert.notStrictEqual(table([{ n: 1 }]), table([{ n: 2 }]))
  assert.isUndefined(textOf(script(["SELECT 1"], Effect.void)))
  assert.strictEqual(textOf(script(["SELECT 1", "SELECT 2"])), "SELECT 1;\nSELECT 2")
  assert.include(textOf(migrations["0002_wilayas"]), JSON.stringify(wilayas))
  assert.include(textOf(migrations["0005_categories"]), JSON.stringify(categories))
})

it.live("a database of before a category was added is not said to be up to date", () =>
  Effect.gen(function* () {
    const url = Redacted.make(yield* freshDatabase)
    yield* beforeCategory.pipe(Effect.provide(pool({ url, maxConnections: 2 })))
  })
)

const beforeCategory = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const before = textOf(insertRows("categories", [], categories.slice(1)))
  yield* sql`
    UPDATE zst_migration_digests SET digest = encode(sha256(convert_to(${before}::text, 'UTF8')), 'hex')
    WHERE migration_id = 5`
  for (const work of [Effect.asVoid(migrate), Effect.asVoid(status)]) {
    const { message } = yield* Effect.flip(work)
    assert.match(message, /^This database was made by another version \(its migration categories differs\)/)
  }
})
