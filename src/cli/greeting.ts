/** What `zst serve` says once it listens: where it is, and how to try it. */
import { Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { devUser } from "../layers/DevIssuer.ts"
import { urlOf } from "../layers/OwnAddress.ts"
import { Database } from "../layers/Postgres.ts"
import { Settings } from "../layers/Settings.ts"
import { tokenOf } from "./devUsers.ts"

export type Greeting = {
  readonly url: string
  readonly api: string
  readonly docs: string
  readonly health: string
  readonly database: string
  /** By whose they are; none where Clerk signs people in. */
  readonly tokens: Readonly<Record<string, string>>
  readonly try: ReadonlyArray<string>
}

const people = {
  customer: devUser({ role: "customer" }),
  importateur: devUser({ role: "seller", seller_category: "importateur" }),
  grossiste: devUser({ role: "seller", seller_category: "grossiste" }),
  fournisseur: devUser({ role: "seller", seller_category: "fournisseur" }),
  admin: devUser({ role: "admin" })
}

/** Reads what is for sale, so that the lines it offers work as they are. */
export const greetingOf = Effect.fnUntraced(function* (port: number) {
  const { host, dataDir, usesClerk, production } = yield* Settings
  const { embedded } = yield* Database
  const url = urlOf(host, port)
  const hasTokens = !usesClerk && !production
  const tokens = hasTokens ? yield* tokensOfPeople : {}
  return {
    url,
    api: `${url}/api/v1`,
    docs: `${url}/api/docs`,
    health: `${url}/health`,
    database: embedded ? `embedded PostgreSQL in ${dataDir}` : "the one of DATABASE_URL",
    tokens,
    try: hasTokens ? yield* curlLines(url, tokens) : []
  } satisfies Greeting
})

/** Somebody whom an administrator has banned gets none. */
const tokensOfPeople = Effect.gen(function* () {
  const tokens: Record<string, string> = {}
  for (const [name, user] of Object.entries(people)) {
    const made = yield* Effect.option(Effect.catchTag(tokenOf(user), "AccountClosed", () => Effect.fail(undefined)))
    if (Option.isSome(made)) tokens[name] = made.value.token
  }
  return tokens
})

const curlLines = Effect.fnUntraced(function* (url: string, tokens: Readonly<Record<string, string>>) {
  const sql = yield* SqlClient.SqlClient
  const [product] = yield* sql<{ id: string }>`
    SELECT id FROM products p
    WHERE status = 'active' AND min_order_quantity <= 2 AND (
      SELECT count(*) = 1 AND bool_and(stock IS NULL OR stock >= 10) FROM skus s WHERE s.product_id = p.id AND NOT archived)
    ORDER BY created_at DESC, id DESC LIMIT 1`
  const api = `${url}/api/v1`
  const seller = tokens.importateur ?? tokens.grossiste ?? tokens.fournisseur
  return [
    `curl '${api}/products?category=perfume&max_price=6000&sort=price'`,
    ...(seller
      ? [
          `curl -X POST ${api}/products -H 'Authorization: Bearer ${seller}' -d '{"name": "Test Product", "price": 1000}'`
        ]
      : []),
    ...(product
      ? [
          `curl -X POST ${api}/orders -d '{"customer_name": "Ahmed", "customer_phone": "0555123456", "items": [{"product_id": "${product.id}", "quantity": 2}]}'`
        ]
      : [])
  ]
})

const section = (title: string, lines: ReadonlyArray<string>) =>
  lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)]

const labelled = (entries: Readonly<Record<string, string>>) =>
  Object.entries(entries).map(([label, value]) => `${label.padEnd(12)} ${value}`)

export const greetingText = (greeting: Greeting) =>
  [
    `ZST listens on ${greeting.url}`,
    "",
    ...labelled({
      API: greeting.api,
      Docs: greeting.docs,
      Health: greeting.health,
      Database: greeting.database
    }).map((line) => `  ${line}`),
    ...section("Tokens for development, good for 30 days:", labelled(greeting.tokens)),
    ...section("Try:", greeting.try),
    "",
    "Ctrl-C stops it."
  ].join("\n")
