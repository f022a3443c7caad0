import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { freshDatabase } from "../support/database.ts"
import { eventually } from "../support/eventually.ts"
import { spawnServer, spawnZst } from "../support/process.ts"

const json = (url: string, init?: RequestInit) =>
  Effect.promise(async (): Promise<any> => (await fetch(url, init)).json())

it.live("a price changed in one process shows there at once, and in another within a second", () =>
  Effect.gen(function* () {
    const database = yield* freshDatabase
    const here = yield* spawnServer(database)
    const there = yield* spawnServer(database)
    const token = yield* spawnZst(["token", "--role", "seller"], { DATABASE_URL: database })
    yield* token.exited
    const headers = { authorization: `Bearer ${token.output().trim()}` }
    const create = { method: "POST", headers, body: JSON.stringify({ name: "Deux processus", price: 100 }) }
    const { data } = yield* json(`${here.url}/api/v1/products`, create)
    const path = "/api/v1/products?search=processus"
    const price = (url: string) => Effect.map(json(url + path), (page) => page.data[0]?.price)
    yield* eventually(price(there.url), (value) => value === 100)
    for (let i = 1; i <= 3; i++) {
      const body = JSON.stringify({ price: 100 + i })
      yield* json(`${here.url}/api/v1/products/${data.id}`, { method: "PATCH", headers, body })
      assert.strictEqual(yield* price(here.url), 100 + i)
      yield* eventually(price(there.url), (value) => value === 100 + i)
    }
    const variants = JSON.stringify({ variants: [{ price: 50 }, { options: { taille: "M" } }] })
    assert.strictEqual(yield* price(here.url), 103)
    yield* json(`${here.url}/api/v1/products/${data.id}/variants`, { method: "PUT", headers, body: variants })
    assert.strictEqual(yield* price(here.url), 50)
  }).pipe(Effect.scoped)
)
