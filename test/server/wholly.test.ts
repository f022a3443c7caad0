/**
 * What is answered as if it had not been done was not done: whoever is told to come again may send it again. So what a
 * write answers is read before its commit. Every write of the API is sent here, and can read nothing after that.
 */
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Api } from "../../src/server/Api.ts"
import { makeGate, withoutReadingAfter } from "../support/commits.ts"
import { freshDatabase } from "../support/database.ts"
import { clip } from "../support/films.ts"
import { jpeg } from "../support/pictures.ts"
import { type Send, TestServer } from "../support/server.ts"
import { application } from "../support/shop.ts"
import { upload } from "../support/upload.ts"
import { clerkUser, seal } from "../support/webhooks.ts"
import { type Actor, makeWorld, type World } from "../support/world.ts"
import { rows } from "./access.rows.ts"

const writes = Object.values(Api.groups)
  .flatMap((group) => Object.values(group.endpoints).map(({ method, path }) => `${method} ${path}`))
  .filter((route) => !route.startsWith("GET "))

/** What is done in more than one transaction, and why it is not one. */
const inParts: Readonly<Record<string, string>> = {
  "POST /api/v1/media/uploads/:id/complete":
    "An upload is claimed first: to look at its file takes longer than a transaction may, and who claimed it may again."
}

type Change = {
  /** A guest beside somebody with an account, where either may. */
  readonly actors: ReadonlyArray<Actor>
  readonly request: (world: World) => Effect.Effect<{ readonly path: string } & Send, never, TestServer>
}

const asOwner = Effect.fnUntraced(function* (world: World, method: string, path: string, send: Send = {}) {
  const { status, text } = yield* world.server.send(method, path, { ...world.people.importateur, ...send })
  assert.isBelow(status, 300, text)
})

const aPicture = Effect.promise(() => jpeg(64, 64))
const aFilm = Effect.scoped(clip({ seconds: 1 }))

/** Of who has an avatar or a logo. */
const removal =
  (path: string): Change["request"] =>
  (world) =>
    Effect.gen(function* () {
      yield* asOwner(world, "PUT", path, upload(yield* aPicture))
      return { path }
    })

/** Where the request of the matrix of access changes nothing, or there are more ways than its own. */
const changing: Readonly<Record<string, Change>> = {
  "POST /api/v1/users/me/restore": {
    actors: ["importateur"],
    request: (world) =>
      Effect.as(asOwner(world, "DELETE", "/api/v1/users/me"), { path: "/api/v1/users/me/restore", body: {} })
  },
  "DELETE /api/v1/users/me/avatar": { actors: ["importateur"], request: removal("/api/v1/users/me/avatar") },
  "DELETE /api/v1/seller/logo": { actors: ["importateur"], request: removal("/api/v1/seller/logo") },
  "POST /api/v1/seller/application": {
    actors: ["customer"],
    request: () => Effect.succeed({ path: "/api/v1/seller/application", body: application })
  },
  "PATCH /api/v1/admin/users/:id": {
    actors: ["admin"],
    request: ({ people }) =>
      Effect.succeed({ path: `/api/v1/admin/users/${people.grossiste.id}`, body: { status: "banned" } })
  },
  "DELETE /api/v1/cart": {
    actors: ["importateur", "guest"],
    request: Effect.fnUntraced(function* ({ server, actor, people, product }: World) {
      const who = actor === "guest" ? {} : people.importateur
      const { json } = yield* server.post("/api/v1/cart/items", { product_id: yield* product }, who)
      return { path: "/api/v1/cart", ...(actor === "guest" && { headers: { "x-cart-token": json.data.cart_token } }) }
    })
  },
  "POST /api/v1/media": {
    actors: ["customer"],
    request: () => Effect.map(aFilm, (film) => ({ path: "/api/v1/media", ...upload(film) }))
  },
  "POST /api/v1/webhooks/clerk": {
    actors: ["anonymous"],
    request: () =>
      Effect.sync(() => ({
        path: "/api/v1/webhooks/clerk",
        ...seal({ type: "user.created", data: clerkUser("user_wholly") })
      }))
  }
}

const preferred: ReadonlyArray<Actor> = ["importateur", "customer", "admin"]

const changeOf = (route: string): Change => {
  const row = rows[route]
  if (row === undefined) return { actors: [], request: () => assert.fail(`${route} is not in the matrix of access`) }
  const allowed = (actor: Actor) => row.cells[actor] === "allowed"
  const somebody = preferred.find(allowed)
  return {
    actors: [...(somebody ? [somebody] : []), ...(allowed("guest") ? ["guest" as const] : [])],
    ...row,
    ...changing[route]
  }
}

// Who locks a table has a connection for it.
const Server = Layer.provideMerge(
  Layer.effectDiscard(makeGate),
  TestServer.over(freshDatabase, { DATABASE_POOL: "40" })
)

const driven = writes.filter((route) => inParts[route] === undefined)

layer(Server)("a change", (it) => {
  for (const route of driven) {
    it.effect(`is answered with what was read before its commit: ${route}`, () =>
      Effect.gen(function* () {
        const { actors, request } = changeOf(route)
        assert.isNotEmpty(actors, `Nobody is let ${route}`)
        for (const actor of actors) {
          const world = yield* makeWorld
          const { path, ...options } = yield* request({ ...world, actor })
          const token = actor === "anonymous" || actor === "guest" ? undefined : world.people[actor].token
          const sent = world.server.send(route.split(" ")[0] ?? "", path, { ...options, token })
          // Who was refused because others came to their end has done nothing, and does it when it is sent again.
          const { answer, isCommitted } = yield* Effect.repeat(withoutReadingAfter(sent), {
            while: ({ answer }) => answer.status >= 500,
            times: 5
          })
          assert.isBelow(answer.status, 300, `${route} as ${actor} reads after its commit: ${answer.text}`)
          assert.isTrue(
            isCommitted,
            `${route} as ${actor} had nothing left to do: it has read after its commit, or "changing" has to say what it does`
          )
        }
      })
    )
  }

  it.effect("is done in parts by none but what is there", () =>
    Effect.sync(() =>
      assert.deepStrictEqual(
        [...Object.keys(inParts), ...Object.keys(changing)].filter((route) => !writes.includes(route)),
        []
      )
    )
  )
})
