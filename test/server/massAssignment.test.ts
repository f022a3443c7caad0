/**
 * Mass assignment: whatever a client adds to a body beside what the contract declares changes nothing, and answers hold
 * declared fields alone. Every route of the access matrix that takes a body is sent it twice, plain and with more.
 */
import { assert, layer } from "@effect/vitest"
import { Effect, Option, Schema, SchemaAST } from "effect"
import type { HttpApiEndpoint } from "effect/http-api"
import { SqlClient } from "effect/sql"
import { Api } from "../../src/server/Api.ts"
import { TestServer } from "../support/server.ts"
import { type Actor, type Everybody, makeWorld, sendAs } from "../support/world.ts"
import { rows } from "./access.rows.ts"

const stranger = "00000000-0000-7000-8000-000000000001"

/** What no client decides, under every name that a careless server might take. */
const smuggled: Readonly<Record<string, unknown>> = {
  id: stranger,
  user_id: stranger,
  userId: stranger,
  owner_id: stranger,
  ownerId: stranger,
  seller_id: stranger,
  sellerId: stranger,
  clerk_id: "user_stranger",
  role: "admin",
  isAdmin: true,
  seller_category: "importateur",
  status: "delivered",
  payment_status: "paid",
  price: 0.01,
  total: 1,
  subtotal: 1,
  delivery_fee: -100,
  stock: 999_999,
  stock_taken: false,
  sold_count: 5000,
  rating: 5,
  reviews_count: 100,
  slug: "smuggled-slug",
  order_number: "ZST-22222222",
  tracking_token: "AAAAAAAAAAAAAAAAAAAAAA",
  is_default: false,
  approved: true,
  decided_at: "2020-01-01T00:00:00.000Z",
  delete_after: "2020-01-01T00:00:00.000Z",
  created_at: "2020-01-01T00:00:00.000Z",
  updated_at: "2020-01-01T00:00:00.000Z",
  __proto__smuggled: true,
  undeclared: "smuggled"
}

const endpoints = Object.values(Api.groups).flatMap(
  (group) => Object.values(group.endpoints) as ReadonlyArray<HttpApiEndpoint.Top>
)

/** The names that the contract takes at this route, which is free to judge their values. */
const declaredAt = ({ payload }: HttpApiEndpoint.Top) =>
  new Set(
    [...payload.values()].flatMap(({ schemas }) =>
      schemas.flatMap((schema) => {
        const ast = SchemaAST.toEncoded(schema.ast)
        return ast._tag === "Objects" ? ast.propertySignatures.map(({ name }) => String(name)) : []
      })
    )
  )

/** An answer without what differs from one request to the next. */
const comparable = (text: string) =>
  text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "ID")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replaceAll(/ZST-[2-9A-Z]{8}/g, "NUMBER")
    .replaceAll(/"tracking_token":"[\w-]{22}"/g, '"tracking_token":"TOKEN"')
    .replaceAll(/-[0-9a-f]{8}"/g, '"')
    .replaceAll(/-[a-z0-9_-]{16}\.webp/g, ".webp")
    .replaceAll(/"url":"[^"]*\/uploads\/[^"]*"/g, '"url":"UPLOAD"')

const preferred: ReadonlyArray<Actor> = ["importateur", "customer", "guest", "admin"]

const withBody = Object.entries(rows).flatMap(([route, row]) => {
  const endpoint = endpoints.find(({ method, path }) => `${method} ${path}` === route)
  const allowed = preferred.filter((actor) => row.cells[actor] === "allowed")
  return endpoint === undefined || !endpoint.payload.has("application/json") || allowed.length === 0
    ? []
    : [{ route, row, endpoint, allowed }]
})

const standings = (people: Everybody["people"]) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.orDie(sql`
      SELECT u.id, clerk_id, role, seller_category, u.status, s.status AS shop, s.slug FROM users u LEFT JOIN sellers s USING (id)
      WHERE u.id = ANY(${Object.values(people).map(({ id }) => id)}::uuid[]) ORDER BY u.id`)
  )

layer(TestServer.layer)("mass assignment", (it) => {
  for (const { route, row, endpoint, allowed } of withBody) {
    it.effect(`changes nothing at ${route}`, () =>
      Effect.gen(function* () {
        const declared = declaredAt(endpoint)
        const extra = Object.fromEntries(Object.entries(smuggled).filter(([name]) => !declared.has(name)))
        const plainWorld = yield* makeWorld
        const otherWorld = yield* makeWorld
        const tried = yield* Effect.forEach(allowed, (actor) =>
          Effect.map(sendAs(plainWorld, actor, [route, row]), (answer) => ({ actor, ...answer }))
        )
        const plain = tried.find(({ status }) => status < 300)
        if (plain === undefined) return assert.fail(`Nobody is answered at ${route}`)
        const expected = yield* standings(otherWorld.people)
        const answer = yield* sendAs(otherWorld, plain.actor, [route, row], (body) => ({
          ...(body as object),
          ...extra
        }))
        assert.isBelow(answer.status, 300, answer.text)
        const [a, b] = [comparable(plain.text), comparable(answer.text)].map((text) =>
          text.replaceAll(/Boutique \d+/g, "SHOP").replaceAll(/user_test_\w+/g, "CLERK")
        )
        assert.strictEqual(b, a)
        assert.notInclude(answer.text, "smuggled")
        const decoders = [...endpoint.success].map((schema) =>
          Schema.decodeUnknownOption(schema as Schema.Codec<unknown, unknown>, { onExcessProperty: "error" })
        )
        assert.isTrue(
          decoders.some((decode) => Option.isSome(decode(answer.json))),
          answer.text
        )
        const after = yield* standings(otherWorld.people)
        const madeASeller = route.endsWith("/decision") || route.includes("/admin/users")
        if (!madeASeller) assert.deepStrictEqual(after, expected)
      })
    )
  }
})
