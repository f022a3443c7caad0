/**
 * Who may do what, over every route. A route without a row fails the build.
 */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Api } from "../../src/server/Api.ts"
import { systemRoutes } from "../../src/server/http/system.ts"
import { TestServer } from "../support/server.ts"
import { actors, type Cell, makeWorld, sendAs } from "../support/world.ts"
import { rows } from "./access.rows.ts"

const declared = [
  ...Object.values(Api.groups).flatMap((group) =>
    Object.values(group.endpoints).map(({ method, path }) => `${method} ${path}`)
  ),
  ...systemRoutes.map(({ method, path }) => `${method} ${path}`)
]

const cellOf = (status: number): Cell => {
  if (status === 401) return "unauthenticated"
  if (status === 403) return "forbidden"
  if (status === 404) return "absent"
  return "allowed"
}

layer(TestServer.layer)("access", (it) => {
  it.effect("every route is in the matrix, and nothing else is", () =>
    Effect.sync(() => assert.deepStrictEqual(Object.keys(rows).sort(), [...declared].sort()))
  )

  it.effect("every cell is as declared", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const wrong: Array<string> = []
      for (const row of Object.entries(rows)) {
        const [route, { cells }] = row
        for (const actor of actors) {
          const { status } = yield* sendAs(world, actor, row)
          assert.isBelow(status, 500, `${route} as ${actor}`)
          if (cellOf(status) !== cells[actor]) wrong.push(`${route} as ${actor}: ${status}, declared ${cells[actor]}`)
        }
      }
      assert.deepStrictEqual(wrong, [])
    })
  )
})
