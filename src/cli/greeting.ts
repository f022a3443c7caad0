/** What `zst serve` says once it listens: where it is, and how to try it. */
import { Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { devUser } from "../layers/DevIssuer.ts"
import { urlOf } from "../layers/OwnAddress.ts"
import { Database } from "../layers/Postgres.ts"
import { Settings } from "../layers/Settings.ts"
import { tokenOf } from "./devUsers.ts"
import { shownPath, tokensFileIn, writeTokens } from "./tokensFile.ts"

export type Greeting = {
  readonly url: string
  readonly api: string
  readonly docs: string
  readonly health: string
  readonly database: string
  /** Names them as a shell's variables; none where Clerk signs people in. */
  readonly tokens_file: string | null
  readonly try: ReadonlyArray<string>
}

const people = {
  CUSTOMER: devUser({ role: "customer" }),
  IMPORTATEUR: devUser({ role: "seller", seller_category: "importateur" }),
  GROSSISTE: devUser({ role: "seller", seller_category: "grossiste" }),
  FOURNISSEUR: devUser({ role: "seller", seller_category: "fournisseur" }),
  ADMIN: devUser({ role: "admin" })
}

/** By variable; `SELLER` is whichever seller there is. */
type Tokens = Readonly<Record<string, string>>

/** Reads what is for sale, so that the lines it offers work as they are. */
export const greetingOf = Effect.fnUntraced(function* (port: number) {
  const { host, dataDir, usesClerk, production } = yield* Settings
  const { embedded } = yield* Database
  const url = urlOf(host, port)
  const file = tokensFileIn(dataDir)
  const tokens = usesClerk || production ? undefined : yield* keptIn(file)
  return {
    url,
    api: `${url}/api/v1`,
    docs: `${url}/api/docs`,
    health: `${url}/health`,
    database: embedded ? `embedded PostgreSQL in ${dataDir}` : "the one of DATABASE_URL",
    tokens_file: tokens ? file : null,
    try: tokens ? yield* curlLines(`${url}/api/v1`, tokens) : []
  } satisfies Greeting
})

/** What the file holds from now on. It is a convenience: a server without it serves. */
const keptIn = Effect.fnUntraced(function* (file: string) {
  const tokens = yield* tokensOfPeople
  return yield* Effect.as(writeTokens(file, tokens), tokens).pipe(
    Effect.catch(({ message }) => Effect.as(Effect.logWarning(message), undefined))
  )
})

/** Somebody whom an administrator has banned gets none. */
const tokensOfPeople = Effect.gen(function* () {
  const tokens: Record<string, string> = {}
  for (const [name, user] of Object.entries(people)) {
    const made = yield* Effect.option(Effect.catchTag(tokenOf(user), "AccountClosed", () => Effect.fail(undefined)))
    if (Option.isSome(made)) tokens[name] = made.value.token
  }
  const SELLER = tokens.IMPORTATEUR ?? tokens.GROSSISTE ?? tokens.FOURNISSEUR
  return { ...tokens, ...(SELLER && { SELLER }) } satisfies Tokens
})

const curlLines = Effect.fnUntraced(function* (api: string, tokens: Tokens) {
  const sql = yield* SqlClient.SqlClient
  const [product] = yield* sql<{ id: string }>`
    SELECT id FROM products p
    WHERE status = 'active' AND min_order_quantity <= 2 AND (
      SELECT count(*) = 1 AND bool_and(stock IS NULL OR stock >= 10) FROM skus s WHERE s.product_id = p.id AND NOT archived)
    ORDER BY created_at DESC, id DESC LIMIT 1`
  const as = (name: string) => (tokens[name] === undefined ? "" : ` -H "Authorization: Bearer $${name}"`)
  return [
    `curl '${api}/products?category=perfume&max_price=6000&sort=price'`,
    ...(tokens.SELLER
      ? [`curl -X POST ${api}/products${as("SELLER")} -d '{"name": "Test Product", "price": 1000}'`]
      : []),
    ...(product
      ? [
          `curl -X POST ${api}/orders${as("CUSTOMER")} -d '{"customer_name": "Ahmed", "customer_phone": "0555123456", "items": [{"product_id": "${product.id}", "quantity": 2}]}'`
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
    ...(greeting.tokens_file === null
      ? []
      : section("Try, with development tokens that are good for 30 days:", [
          `source ${shownPath(greeting.tokens_file)}`,
          ...greeting.try
        ])),
    "",
    "Ctrl-C stops it."
  ].join("\n")
