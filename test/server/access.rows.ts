import { Effect } from "effect"
import type { Purpose } from "../../src/services/media/model.ts"
import type { Person } from "../support/server.ts"
import { application } from "../support/shop.ts"
import { upload } from "../support/upload.ts"
import type { Actor, Cell, Row, World } from "../support/world.ts"

type Cells = Record<Actor, Cell>

const everyone = (cell: Cell): Cells => ({
  anonymous: cell,
  guest: cell,
  customer: cell,
  otherCustomer: cell,
  importateur: cell,
  grossiste: cell,
  fournisseur: cell,
  suspendedSeller: cell,
  banned: cell,
  admin: cell
})

/** No token is read at all. */
const anyone = everyone("allowed")
/** A token may be sent: that of a closed account is refused. */
const visitors: Cells = { ...anyone, banned: "forbidden" }
const withoutToken = { anonymous: "unauthenticated", guest: "unauthenticated", banned: "forbidden" } as const
const signedIn: Cells = { ...anyone, ...withoutToken }
const traders: Cells = { ...signedIn, customer: "forbidden", otherCustomer: "forbidden" }
const shopOwners: Cells = { ...traders, admin: "forbidden" }
const openShops: Cells = { ...traders, suspendedSeller: "forbidden" }
const openShopOwners: Cells = { ...openShops, admin: "forbidden" }
const administrators: Cells = { ...everyone("forbidden"), ...withoutToken, admin: "allowed" }
const onlyOwnerAndAdmin: Cells = { ...everyone("absent"), ...withoutToken, importateur: "allowed", admin: "allowed" }

const at = (path: string, body?: unknown) => () => Effect.succeed({ path, ...(body === undefined ? {} : { body }) })
const atProduct = (body?: unknown) => (world: World) =>
  Effect.map(world.product, (id) => ({ path: `/api/v1/products/${id}`, ...(body === undefined ? {} : { body }) }))

/** A small PNG: one pixel. */
const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64"
)
const picture = upload(pixel)
const atPicture = (path: string) => () => Effect.succeed({ path, ...picture })

const atProductImage = (body?: unknown) =>
  Effect.fnUntraced(function* ({ server, people, product }: World) {
    const path = `/api/v1/products/${yield* product}/images`
    const { json } = yield* server.send("POST", path, { ...people.importateur, ...picture })
    return { path: `${path}/${json.data.id}`, ...(body === undefined ? {} : { body }) }
  })

type Placed = {
  readonly id: string
  readonly order_number: string
  readonly seller_orders: ReadonlyArray<{ readonly id: string }>
}
/** An order of the importateur's product by `customer`, or by a guest for `guest`, made for this cell alone. */
const atOrder = (path: (order: Placed) => string, body?: unknown) =>
  Effect.fnUntraced(function* ({ server, actor, people, product }: World) {
    const product_id = yield* product
    const order = { ...guest, items: [{ product_id, quantity: 1 }] }
    const { json } = yield* server.post("/api/v1/orders", order, actor === "guest" ? {} : people.customer)
    const headers = actor === "guest" ? { headers: { "x-order-token": json.data.tracking_token } } : {}
    return { path: path(json.data), ...headers, ...(body === undefined ? {} : { body }) }
  })
const guest = { customer_name: "Ahmed", customer_phone: "0555123456" }

const atSellerOrder = (path: (id: string) => string, body?: unknown) =>
  atOrder(({ seller_orders }) => path(seller_orders[0]?.id ?? ""), body)

/** The line of a cart of `customer` that was emptied before; for `guest`, of a cart that they have the token of. */
const atCartLine = (body?: unknown) =>
  Effect.fnUntraced(function* ({ server, actor, people, product }: World) {
    yield* server.send("DELETE", "/api/v1/cart", people.customer)
    const owner = actor === "guest" ? {} : people.customer
    const { json } = yield* server.post("/api/v1/cart/items", { product_id: yield* product }, owner)
    const headers = actor === "guest" ? { headers: { "x-cart-token": json.data.cart_token } } : {}
    return { path: `/api/v1/cart/items/${json.data.items[0].id}`, ...headers, ...(body === undefined ? {} : { body }) }
  })

const newAddress = {
  recipient_name: "Amina",
  phone: "0555123456",
  wilaya_code: 16,
  commune: "Bab El Oued",
  address: "12, rue Colonel Lotfi"
}
/** The address that `customer` has, made anew where a cell before deleted it. */
const atAddress = (body?: unknown) =>
  Effect.fnUntraced(function* ({ server, people }: World) {
    // Any id will do that is another one in another world.
    const path = `/api/v1/users/me/addresses/${people.customer.id}`
    yield* server.send("PUT", path, { ...people.customer, body: newAddress })
    return { path, ...(body === undefined ? {} : { body }) }
  })

const newPushToken = { push_token: "ExponentPushToken[access]", platform: "android" }
/** A device of `customer`. */
const atPushToken = Effect.fnUntraced(function* ({ server, people }: World) {
  const { json } = yield* server.post("/api/v1/users/me/push-tokens", newPushToken, people.customer)
  return { path: `/api/v1/users/me/push-tokens/${json.data.id}` }
})

const itsParties: Cells = {
  ...everyone("absent"),
  guest: "allowed",
  customer: "allowed",
  importateur: "allowed",
  banned: "forbidden",
  admin: "allowed"
}
const itsBuyer: Cells = { ...itsParties, importateur: "absent" }
const itsSeller: Cells = { ...itsParties, ...withoutToken, customer: "absent" }
const itsCustomer: Cells = { ...everyone("absent"), guest: "allowed", customer: "allowed", banned: "forbidden" }
const itsOwner: Cells = { ...everyone("absent"), ...withoutToken, customer: "allowed" }

/** The application of somebody new, made for this cell alone. */
const atApplication = (path: (id: string) => string, body?: unknown) =>
  Effect.fnUntraced(function* ({ server }: World) {
    const applicant = yield* server.person("customer")
    const { json } = yield* server.post("/api/v1/seller/application", application, applicant)
    return { path: path(json.data.id), ...(body === undefined ? {} : { body }) }
  })

const newUpload = { content_type: "video/mp4", size: 1000 }
/** The upload that `customer` asked for last goes first: nobody has many that nothing uses. */
const asked = new WeakMap<object, string>()
const atUpload = (path: (id: string) => string) =>
  Effect.fnUntraced(function* ({ server, people: { customer } }: World) {
    const before = asked.get(customer)
    if (before !== undefined) yield* server.send("DELETE", `/api/v1/media/${before}`, customer)
    const { json } = yield* server.post("/api/v1/media/uploads", newUpload, customer)
    asked.set(customer, json.data.media.id)
    return { path: path(json.data.media.id) }
  })

/** The id of a picture that was sent to an address of its own, and completed. */
const uploaded = Effect.fnUntraced(function* ({ server }: World, who: Person, purpose: Purpose) {
  const asked = { content_type: "image/png", size: pixel.length, purpose }
  const { json } = yield* server.post("/api/v1/media/uploads", asked, who)
  const { url } = json.data.upload
  const sent = { raw: pixel, headers: { "content-type": "image/png" } }
  yield* server.send("PUT", url.slice(new URL(url).origin.length), sent)
  yield* server.post(`/api/v1/media/uploads/${json.data.media.id}/complete`, undefined, who)
  return String(json.data.media.id)
})

/** Of whoever asks, or of a customer for those who can upload nothing. */
const atPortrait = (path: string) =>
  Effect.fnUntraced(function* (world: World) {
    const { actor, people } = world
    const none = actor === "anonymous" || actor === "guest" || actor === "banned"
    return { path, body: { media_id: yield* uploaded(world, people[none ? "customer" : actor], "portrait") } }
  })

export const rows: Record<string, Row> = {
  "GET /health": { request: at("/health"), cells: anyone },
  "GET /health/ready": { request: at("/health/ready"), cells: anyone },
  // Who asks from this machine; test/server/metrics.test.ts has the others.
  "GET /metrics": { request: at("/metrics"), cells: anyone },
  "GET /media/*": { request: ({ picture }) => Effect.succeed({ path: picture }), cells: anyone },
  // Whoever has the address: it is the permission.
  "PUT /uploads/*": {
    request: ({ upload }) => Effect.succeed({ path: upload, raw: "x", headers: { "content-type": "image/png" } }),
    cells: anyone
  },
  "GET /api/v1": { request: at("/api/v1"), cells: anyone },
  "GET /api/v1/openapi.json": { request: at("/api/v1/openapi.json"), cells: anyone },
  "GET /api/docs": { request: at("/api/docs"), cells: anyone },

  "GET /api/v1/users/me": { request: at("/api/v1/users/me"), cells: signedIn },
  "PATCH /api/v1/users/me": { request: at("/api/v1/users/me", { full_name: "Amina" }), cells: signedIn },
  "DELETE /api/v1/users/me": { request: at("/api/v1/users/me"), cells: { ...signedIn, admin: "forbidden" } },
  "POST /api/v1/users/me/restore": { request: at("/api/v1/users/me/restore"), cells: signedIn },
  "POST /api/v1/seller/application": { request: at("/api/v1/seller/application", application), cells: signedIn },
  "GET /api/v1/seller/application": {
    request: Effect.fnUntraced(function* ({ server, actor, people }: World) {
      const path = "/api/v1/seller/application"
      if (actor === "customer" || actor === "otherCustomer") yield* server.post(path, application, people[actor])
      return { path }
    }),
    cells: { ...everyone("absent"), ...withoutToken, customer: "allowed", otherCustomer: "allowed" }
  },

  // Nobody is let in by who they are: only a signature counts.
  "POST /api/v1/webhooks/clerk": {
    request: at("/api/v1/webhooks/clerk", { type: "user.deleted", data: { id: "user_x" } }),
    cells: everyone("unauthenticated")
  },

  "GET /api/v1/admin/users": { request: at("/api/v1/admin/users"), cells: administrators },
  "GET /api/v1/admin/users/:id": {
    request: ({ people }) => Effect.succeed({ path: `/api/v1/admin/users/${people.customer.id}` }),
    cells: administrators
  },
  "PATCH /api/v1/admin/users/:id": {
    request: ({ people }) =>
      Effect.succeed({ path: `/api/v1/admin/users/${people.customer.id}`, body: { status: "active" } }),
    cells: administrators
  },
  "GET /api/v1/admin/seller-applications": {
    request: at("/api/v1/admin/seller-applications"),
    cells: administrators
  },
  "GET /api/v1/admin/seller-applications/:id": {
    request: atApplication((id) => `/api/v1/admin/seller-applications/${id}`),
    cells: administrators
  },
  "POST /api/v1/admin/seller-applications/:id/decision": {
    request: atApplication((id) => `/api/v1/admin/seller-applications/${id}/decision`, { decision: "approve" }),
    cells: administrators
  },
  "GET /api/v1/admin/audit-log": { request: at("/api/v1/admin/audit-log"), cells: administrators },
  "GET /api/v1/admin/guests": { request: at("/api/v1/admin/guests?phone=0555123456"), cells: administrators },

  "GET /api/v1/users/me/addresses": { request: at("/api/v1/users/me/addresses"), cells: signedIn },
  "GET /api/v1/users/me/addresses/:id": { request: atAddress(), cells: itsOwner },
  "PUT /api/v1/users/me/addresses/:id": { request: atAddress(newAddress), cells: itsOwner },
  "DELETE /api/v1/users/me/addresses/:id": { request: atAddress(), cells: itsOwner },
  "GET /api/v1/users/me/push-tokens": { request: at("/api/v1/users/me/push-tokens"), cells: signedIn },
  "POST /api/v1/users/me/push-tokens": {
    request: at("/api/v1/users/me/push-tokens", newPushToken),
    cells: signedIn
  },
  "POST /api/v1/users/me/push-token": { request: at("/api/v1/users/me/push-token", newPushToken), cells: signedIn },
  "DELETE /api/v1/users/me/push-tokens/:id": { request: atPushToken, cells: itsOwner },

  "GET /api/v1/sellers/:id": {
    request: ({ people }) => Effect.succeed({ path: `/api/v1/sellers/${people.importateur.id}` }),
    cells: anyone
  },
  "GET /api/v1/wilayas": { request: at("/api/v1/wilayas"), cells: anyone },
  "GET /api/v1/categories": { request: at("/api/v1/categories"), cells: anyone },
  "GET /api/v1/products": { request: at("/api/v1/products"), cells: anyone },
  "GET /api/v1/products/search": { request: at("/api/v1/products/search?q=soap"), cells: anyone },
  "GET /api/v1/products/:id": { request: atProduct(), cells: visitors },
  "POST /api/v1/products": { request: at("/api/v1/products", { name: "Access", price: 5 }), cells: openShops },
  "PATCH /api/v1/products/:id": { request: atProduct({ price: 7 }), cells: onlyOwnerAndAdmin },
  // Who may upload: everybody who is signed in. A file that is no video is refused whoever sends it.
  "POST /api/v1/media": { request: () => Effect.succeed({ path: "/api/v1/media", ...picture }), cells: signedIn },
  "POST /api/v1/media/uploads": { request: at("/api/v1/media/uploads", newUpload), cells: signedIn },
  "POST /api/v1/media/uploads/:id/complete": {
    request: atUpload((id) => `/api/v1/media/uploads/${id}/complete`),
    cells: { ...itsOwner, admin: "allowed" }
  },
  "GET /api/v1/media/:id": {
    request: atUpload((id) => `/api/v1/media/${id}`),
    cells: { ...itsOwner, admin: "allowed" }
  },
  "DELETE /api/v1/media/:id": {
    request: atUpload((id) => `/api/v1/media/${id}`),
    cells: { ...itsOwner, admin: "allowed" }
  },
  "POST /api/v1/products/:id/images": {
    request: ({ product }) => Effect.map(product, (id) => ({ path: `/api/v1/products/${id}/images`, ...picture })),
    cells: onlyOwnerAndAdmin
  },
  "POST /api/v1/products/:id/images/uploaded": {
    request: Effect.fnUntraced(function* (world: World) {
      const id = yield* world.product
      const media_id = yield* uploaded(world, world.people.importateur, "product")
      return { path: `/api/v1/products/${id}/images/uploaded`, body: { media_id } }
    }),
    cells: onlyOwnerAndAdmin
  },
  "PATCH /api/v1/products/:id/images/:image_id": {
    request: atProductImage({ display_order: 0 }),
    cells: onlyOwnerAndAdmin
  },
  "DELETE /api/v1/products/:id/images/:image_id": { request: atProductImage(), cells: onlyOwnerAndAdmin },
  "PUT /api/v1/users/me/avatar": { request: atPicture("/api/v1/users/me/avatar"), cells: signedIn },
  "DELETE /api/v1/users/me/avatar": { request: at("/api/v1/users/me/avatar"), cells: signedIn },
  "PUT /api/v1/users/me/avatar/uploaded": { request: atPortrait("/api/v1/users/me/avatar/uploaded"), cells: signedIn },
  "PUT /api/v1/seller/logo/uploaded": { request: atPortrait("/api/v1/seller/logo/uploaded"), cells: openShopOwners },
  "PUT /api/v1/seller/logo": { request: atPicture("/api/v1/seller/logo"), cells: openShopOwners },
  "DELETE /api/v1/seller/logo": { request: at("/api/v1/seller/logo"), cells: openShopOwners },
  "PUT /api/v1/products/:id/variants": {
    request: ({ product }) =>
      Effect.map(product, (id) => ({
        path: `/api/v1/products/${id}/variants`,
        body: { variants: [{ options: { taille: "M" }, price: 1500 }, { options: { taille: "L" } }] }
      })),
    cells: onlyOwnerAndAdmin
  },
  "POST /api/v1/seller/inventory/adjust": {
    request: ({ product }) =>
      Effect.map(product, (product_id) => ({
        path: "/api/v1/seller/inventory/adjust",
        body: { product_id, quantity: -3, reason: "Cassés" }
      })),
    cells: { ...onlyOwnerAndAdmin, customer: "forbidden", otherCustomer: "forbidden" }
  },
  "GET /api/v1/seller/inventory/movements": { request: at("/api/v1/seller/inventory/movements"), cells: shopOwners },
  "DELETE /api/v1/products/:id": { request: atProduct(), cells: onlyOwnerAndAdmin },
  "GET /api/v1/cart": { request: at("/api/v1/cart"), cells: visitors },
  "DELETE /api/v1/cart": { request: at("/api/v1/cart"), cells: visitors },
  "GET /api/v1/cart/count": { request: at("/api/v1/cart/count"), cells: visitors },
  // Whoever has the token: it is the permission.
  "POST /api/v1/cart/merge": {
    request: Effect.fnUntraced(function* ({ server, product }: World) {
      const { json } = yield* server.post("/api/v1/cart/items", { product_id: yield* product })
      return { path: "/api/v1/cart/merge", headers: { "x-cart-token": json.data.cart_token } }
    }),
    cells: signedIn
  },
  "POST /api/v1/cart/items": {
    request: ({ product }) =>
      Effect.map(product, (product_id) => ({ path: "/api/v1/cart/items", body: { product_id } })),
    cells: visitors
  },
  "PATCH /api/v1/cart/items/:id": { request: atCartLine({ quantity: 2 }), cells: itsCustomer },
  "DELETE /api/v1/cart/items/:id": { request: atCartLine(), cells: itsCustomer },

  "POST /api/v1/orders": {
    request: ({ product }) =>
      Effect.map(product, (product_id) => ({
        path: "/api/v1/orders",
        body: { ...guest, items: [{ product_id, quantity: 1 }] }
      })),
    cells: visitors
  },
  "GET /api/v1/orders": { request: at("/api/v1/orders"), cells: signedIn },
  "GET /api/v1/orders/track": {
    request: atOrder(({ order_number }) => `/api/v1/orders/track?number=${order_number}&phone=0555123456`),
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
  "GET /api/v1/seller/orders": { request: at("/api/v1/seller/orders"), cells: shopOwners },
  "GET /api/v1/seller/orders/recent": { request: at("/api/v1/seller/orders/recent"), cells: shopOwners },
  "GET /api/v1/seller/orders/:id": {
    request: atSellerOrder((id) => `/api/v1/seller/orders/${id}`),
    cells: itsSeller
  },
  "PATCH /api/v1/seller/orders/:id/status": {
    request: atSellerOrder((id) => `/api/v1/seller/orders/${id}/status`, { status: "confirmed" }),
    cells: itsSeller
  },
  "GET /api/v1/seller/products": { request: at("/api/v1/seller/products"), cells: shopOwners }
}
