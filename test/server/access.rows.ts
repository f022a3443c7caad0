import { Effect } from "effect"
import type { Actor, Cell, Row, World } from "./access.test.ts"

const everyone = (cell: Cell): Record<Actor, Cell> => ({
  anonymous: cell,
  customer: cell,
  otherCustomer: cell,
  importateur: cell,
  grossiste: cell,
  fournisseur: cell,
  admin: cell
})

const anyone = everyone("allowed")
const signedIn: Record<Actor, Cell> = { ...anyone, anonymous: "unauthenticated" }
const traders: Record<Actor, Cell> = { ...signedIn, customer: "forbidden", otherCustomer: "forbidden" }
const onlyOwnerAndAdmin: Record<Actor, Cell> = {
  ...everyone("absent"),
  anonymous: "unauthenticated",
  importateur: "allowed",
  admin: "allowed"
}

const at = (path: string, body?: unknown) => () => Effect.succeed({ path, ...(body === undefined ? {} : { body }) })
const atProduct = (body?: unknown) => (world: World) =>
  Effect.map(world.product, (id) => ({ path: `/api/v1/products/${id}`, ...(body === undefined ? {} : { body }) }))

export const rows: Record<string, Row> = {
  "GET /health": { request: at("/health"), cells: anyone },
  "GET /health/ready": { request: at("/health/ready"), cells: anyone },
  "GET /api/v1": { request: at("/api/v1"), cells: anyone },
  "GET /api/v1/openapi.json": { request: at("/api/v1/openapi.json"), cells: anyone },
  "GET /api/docs": { request: at("/api/docs"), cells: anyone },

  "GET /api/v1/users/me": { request: at("/api/v1/users/me"), cells: signedIn },
  "PATCH /api/v1/users/me": { request: at("/api/v1/users/me", { name: "Amina" }), cells: signedIn },

  "GET /api/v1/categories": { request: at("/api/v1/categories"), cells: anyone },
  "GET /api/v1/products": { request: at("/api/v1/products"), cells: anyone },
  "GET /api/v1/products/:id": { request: atProduct(), cells: anyone },
  "POST /api/v1/products": { request: at("/api/v1/products", { name: "Access", price: 5 }), cells: traders },
  "PATCH /api/v1/products/:id": { request: atProduct({ price: 7 }), cells: onlyOwnerAndAdmin },
  "DELETE /api/v1/products/:id": { request: atProduct(), cells: onlyOwnerAndAdmin },
  "GET /api/v1/seller/products": { request: at("/api/v1/seller/products"), cells: traders }
}
