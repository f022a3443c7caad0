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

type Placed = {
  readonly id: string
  readonly number: string
  readonly seller_orders: ReadonlyArray<{ readonly id: string }>
}
/** An order by `customer` of the importateur's product, made for this cell alone. */
const atOrder = (path: (order: Placed) => string, body?: unknown) =>
  Effect.fnUntraced(function* ({ server, people, product }: World) {
    const product_id = yield* product
    const order = { ...guest, items: [{ product_id, quantity: 1 }] }
    const { json } = yield* server.post("/api/v1/orders", order, people.customer)
    return { path: path(json.data), ...(body === undefined ? {} : { body }) }
  })
const guest = { customer_name: "Ahmed", customer_phone: "0555123456" }

const atSellerOrder = (path: (id: string) => string, body?: unknown) =>
  atOrder(({ seller_orders }) => path(seller_orders[0]?.id ?? ""), body)

/** The line of a cart of `customer` that was emptied before. */
const atCartLine = (body?: unknown) =>
  Effect.fnUntraced(function* ({ server, people, product }: World) {
    yield* server.send("DELETE", "/api/v1/cart", people.customer)
    const { json } = yield* server.post("/api/v1/cart/items", { product_id: yield* product }, people.customer)
    return { path: `/api/v1/cart/items/${json.data.items[0].id}`, ...(body === undefined ? {} : { body }) }
  })

const itsParties: Record<Actor, Cell> = {
  ...everyone("absent"),
  customer: "allowed",
  importateur: "allowed",
  admin: "allowed"
}
const itsBuyer: Record<Actor, Cell> = { ...itsParties, importateur: "absent" }
const itsSeller: Record<Actor, Cell> = { ...itsParties, anonymous: "unauthenticated", customer: "absent" }
const itsOwner: Record<Actor, Cell> = { ...everyone("absent"), anonymous: "unauthenticated", customer: "allowed" }

export const rows: Record<string, Row> = {
  "GET /health": { request: at("/health"), cells: anyone },
  "GET /health/ready": { request: at("/health/ready"), cells: anyone },
  "GET /api/v1": { request: at("/api/v1"), cells: anyone },
  "GET /api/v1/openapi.json": { request: at("/api/v1/openapi.json"), cells: anyone },
  "GET /api/docs": { request: at("/api/docs"), cells: anyone },

  "GET /api/v1/users/me": { request: at("/api/v1/users/me"), cells: signedIn },
  "PATCH /api/v1/users/me": { request: at("/api/v1/users/me", { name: "Amina" }), cells: signedIn },

  // Nobody is let in by who they are: only a signature counts.
  "POST /api/v1/webhooks/clerk": {
    request: at("/api/v1/webhooks/clerk", { type: "user.deleted", data: { id: "user_x" } }),
    cells: everyone("unauthenticated")
  },

  "GET /api/v1/categories": { request: at("/api/v1/categories"), cells: anyone },
  "GET /api/v1/products": { request: at("/api/v1/products"), cells: anyone },
  "GET /api/v1/products/:id": { request: atProduct(), cells: anyone },
  "POST /api/v1/products": { request: at("/api/v1/products", { name: "Access", price: 5 }), cells: traders },
  "PATCH /api/v1/products/:id": { request: atProduct({ price: 7 }), cells: onlyOwnerAndAdmin },
  "DELETE /api/v1/products/:id": { request: atProduct(), cells: onlyOwnerAndAdmin },
  "GET /api/v1/cart": { request: at("/api/v1/cart"), cells: signedIn },
  "DELETE /api/v1/cart": { request: at("/api/v1/cart"), cells: signedIn },
  "GET /api/v1/cart/count": { request: at("/api/v1/cart/count"), cells: signedIn },
  "POST /api/v1/cart/items": {
    request: ({ product }) =>
      Effect.map(product, (product_id) => ({ path: "/api/v1/cart/items", body: { product_id } })),
    cells: signedIn
  },
  "PATCH /api/v1/cart/items/:id": { request: atCartLine({ quantity: 2 }), cells: itsOwner },
  "DELETE /api/v1/cart/items/:id": { request: atCartLine(), cells: itsOwner },

  "POST /api/v1/orders": {
    request: ({ product }) =>
      Effect.map(product, (product_id) => ({
        path: "/api/v1/orders",
        body: { ...guest, items: [{ product_id, quantity: 1 }] }
      })),
    cells: anyone
  },
  "GET /api/v1/orders": { request: at("/api/v1/orders"), cells: signedIn },
  "GET /api/v1/orders/track": {
    request: atOrder(({ number }) => `/api/v1/orders/track?number=${number}&phone=0555123456`),
    cells: anyone
  },
  "GET /api/v1/orders/:id": { request: atOrder(({ id }) => `/api/v1/orders/${id}`), cells: itsParties },
  "PATCH /api/v1/orders/:id": {
    request: atOrder(({ id }) => `/api/v1/orders/${id}`, { commune: "Sétif" }),
    cells: itsBuyer
  },
  "POST /api/v1/orders/:id/cancel": {
    request: atOrder(({ id }) => `/api/v1/orders/${id}/cancel`, {}),
    cells: itsBuyer
  },
  "GET /api/v1/seller/orders": { request: at("/api/v1/seller/orders"), cells: traders },
  "GET /api/v1/seller/orders/:id": {
    request: atSellerOrder((id) => `/api/v1/seller/orders/${id}`),
    cells: itsSeller
  },
  "PATCH /api/v1/seller/orders/:id/status": {
    request: atSellerOrder((id) => `/api/v1/seller/orders/${id}/status`, { status: "confirmed" }),
    cells: itsSeller
  },
  "GET /api/v1/seller/products": { request: at("/api/v1/seller/products"), cells: traders }
}
