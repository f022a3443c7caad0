/**
 * Junk at every endpoint: whatever arrives, no 500, no inner text, every refusal in the envelope and with its field, every
 * answer in the shape that the contract gives; and what is refused, or only read, has changed nothing.
 */
import { assert, layer } from "@effect/vitest"
import { Arbitrary, Context, Effect, Layer } from "effect"
import type { HttpApiEndpoint } from "effect/http-api"
import { Api } from "../../src/server/Api.ts"
import { type CursorParts, cursorParts, falseCursor } from "../support/cursors.ts"
import { always, often, picked } from "../support/random.ts"
import { type Good, requestOf, requestsTo } from "../support/requests.ts"
import { type Answer, type Send, TestServer } from "../support/server.ts"
import { watch } from "../support/unchanged.ts"
import { clerkUser, seal } from "../support/webhooks.ts"
import { type Actor, actors, type Everybody, makeWorld } from "../support/world.ts"
import { rows } from "./access.rows.ts"
import { lists } from "./lists.rows.ts"

const endpoints = Object.values(Api.groups).flatMap(
  (group): ReadonlyArray<HttpApiEndpoint.Top> => Object.values(group.endpoints)
)

const inner = /node_modules|\bat .+\.ts:\d|SqlError|SELECT |INSERT |UPDATE |relation "|syntax error/

/** What nobody sees in a text, and no text keeps. */
const unseen = /[\u00a0\u00ad\u009b\u200b\u202a-\u202e\u2066-\u2069\u3164\u2800\ud800-\udfff]|e\u0301/u

/** Who is there, cursors of every list in every order, by the list's route, and the names of the contract's shapes. */
class Known extends Context.Service<
  Known,
  {
    readonly world: Everybody
    readonly cursors: Readonly<Record<string, ReadonlyArray<CursorParts>>>
    readonly shapes: ReadonlySet<string>
  }
>()("zst/test/Known") {
  static readonly layer = Layer.effect(
    Known,
    Effect.gen(function* () {
      const server = yield* TestServer
      const cursors = yield* Effect.forEach(Object.entries(lists), ([route, { make, orders }]) =>
        Effect.gen(function* () {
          const { path, by, add } = yield* make
          yield* add(3)
          const pages = yield* Effect.forEach(Object.values(orders), (order) =>
            server.get(`${path}&${order}&limit=1`, by)
          )
          return [route, pages.map(({ json }) => cursorParts(json.meta.next_cursor))] as const
        })
      )
      const { json } = yield* server.get("/api/v1/openapi.json")
      return {
        world: yield* makeWorld,
        cursors: Object.fromEntries(cursors),
        shapes: new Set(Object.keys(json.components.schemas).map((name) => `Expected ${name}`))
      }
    })
  )
}

/** After which somebody may be gone, or another: they have a world to themselves. */
const harming = new Set(["DELETE /api/v1/users/me", "PATCH /api/v1/admin/users/:id"])

/** Who does what the endpoint is for. */
const doerOf = (cells: Readonly<Record<Actor, string>>) =>
  (["importateur", "customer", "admin", "anonymous"] as const).find((actor) => cells[actor] === "allowed") ?? "customer"

const holds = ({ status, json, text, headers }: Answer, shapes: ReadonlySet<string>, what: string) => {
  assert.isTrue(status < 500 || (status === 503 && headers.has("retry-after")), what)
  assert.notMatch(text, inner, what)
  if (status < 400) return assert.notMatch(text, unseen, what)
  assert.match(json.error.code, /^[A-Z][A-Z_0-9]+$/, what)
  assert.isString(json.error.message, what)
  assert.isString(json.error.request_id, what)
  if (json.error.code !== "VALIDATION_FAILED") return
  assert.isNotEmpty(json.error.details, what)
  for (const { field, message } of json.error.details) {
    assert.isString(field, what)
    assert.isString(message, what)
    assert.isFalse(shapes.has(message), `a shape's name: ${what}`)
  }
}

const webhook = "POST /api/v1/webhooks/clerk"

/** Signed, so that somebody reads what it says. */
const sealed = ({ body, raw, headers }: Send): Send => {
  const text = raw ?? (body === undefined ? "" : JSON.stringify(body))
  if (typeof text !== "string") return { raw: text, ...(headers && { headers }) }
  const { headers: signed, ...sent } = seal(text)
  return { ...sent, headers: { ...headers, "content-type": "application/json", ...signed } }
}

const tokens = ["x", "", "a.b.c", `eyJhbGciOiJub25lIn0.${"e".repeat(40)}.`]

layer(Layer.provideMerge(Known.layer, TestServer.layer))("junk", (it) => {
  for (const endpoint of endpoints) {
    const { method, path } = endpoint
    const route = `${method} ${path}`
    it.effect(`${route} stands it`, () =>
      Effect.gen(function* () {
        const server = yield* TestServer
        const { cursors, shapes, world } = yield* Known
        const everybody = harming.has(route) ? yield* makeWorld : world
        const changes = yield* watch
        const row = rows[route]
        assert.isDefined(row, route)
        const doer = doerOf(row.cells)
        let good: Good | undefined
        let taken = 0
        const own = cursors[route]
        const mixed = own && falseCursor([...own, ...own, ...own, ...Object.values(cursors).flat()])
        const cases = Arbitrary.all({
          by: often(4, Arbitrary.Constant(doer), 1, picked(actors)),
          token: often(15, Arbitrary.Constant(undefined), 1, picked(tokens)),
          request: requestsTo(endpoint, mixed)
        })
        const tokenOf = (actor: Actor) =>
          actor === "anonymous" || actor === "guest" ? undefined : everybody.people[actor].token
        const isForm = [...endpoint.payload.keys()].some((type) => type.startsWith("multipart/"))
        yield* always(
          cases,
          Effect.fnUntraced(function* ({ by, token, request }) {
            if (good === undefined) {
              good =
                route === webhook
                  ? { path, body: { type: "user.updated", data: clerkUser("user_junk") } }
                  : yield* row.request({ ...everybody, actor: doer })
              yield* changes.meant
            }
            const { path: sentTo, ...drawn } = requestOf(endpoint, good, request)
            const sent = route === webhook ? sealed(drawn) : drawn
            yield* changes.before
            const answer = yield* server.send(method, sentTo, { ...sent, token: token ?? tokenOf(by) })
            const { status, text } = answer
            const body = sent.body === undefined ? String(sent.raw) : JSON.stringify(sent.body)
            const what = `${method} ${sentTo} ${JSON.stringify(sent.headers)} ${body.slice(0, 300)} → ${status} ${text.slice(0, 300)}`
            holds(answer, shapes, what)
            if (status >= 300 || method === "GET") return yield* changes.assertUnchanged(what)
            yield* changes.meant
            // What was taken away is not there for the next; after some times, nothing is.
            if (method === "DELETE" && ++taken < 6) good = undefined
          }),
          { runs: isForm ? 15 : 40 }
        )
      })
    )
  }
})
