/** What is written is what is read: every field that a body takes, on the way in and when it changes. */
import { assert, layer } from "@effect/vitest"
import { Effect, SchemaAST } from "effect"
import type { HttpApiEndpoint } from "effect/http-api"
import { Api } from "../../src/server/Api.ts"
import { type Person, TestServer } from "../support/server.ts"
import { addProduct, buyer, order, seller } from "../support/shop.ts"

/** What each endpoint's JSON body may have. */
const fieldsByRoute = new Map(
  Object.values(Api.groups)
    .flatMap((group): ReadonlyArray<HttpApiEndpoint.Top> => Object.values(group.endpoints))
    .flatMap(({ method, path, payload }) => {
      const schemas = payload.get("application/json")?.schemas ?? []
      const names = schemas.flatMap(({ ast }) => {
        const body = SchemaAST.toEncoded(ast)
        return SchemaAST.isObjects(body) ? body.propertySignatures.map(({ name }) => String(name)) : []
      })
      return schemas.length === 0
        ? []
        : [[`${method} ${path.replace("/api/v1", "")}`, names] as [route: string, names: ReadonlyArray<string>]]
    })
)

type Writing = {
  readonly at: Effect.Effect<{ readonly path: string; readonly who: Person }, never, TestServer>
  /** Two bodies that share no value. A field that is not here is missing in the test. */
  readonly bodies: readonly [Record<string, unknown>, Record<string, unknown>]
  /** Fields that are read otherwise, as another test tells. */
  readonly otherwise?: ReadonlyArray<string>
}

const products = [
  {
    name: "A",
    price: 10.5,
    name_ar: "ب",
    description: "C",
    description_ar: "د",
    category: "food",
    brand: "E",
    product_type: "F",
    sku: "G",
    original_price: 20,
    is_promo: true,
    is_new: true,
    min_order_quantity: 2,
    benefits: ["H"],
    ingredients: "I",
    usage_instructions: "J",
    delivery_estimate: "K",
    shipping_info: "L",
    returns_info: "M",
    payment_info: "N",
    attributes: { O: "P" },
    status: "draft",
    in_stock: false
  },
  {
    name: "a",
    price: 11.5,
    name_ar: "ت",
    description: "c",
    description_ar: "ذ",
    category: "watches",
    brand: "e",
    product_type: "f",
    sku: "g",
    original_price: 21,
    is_promo: false,
    is_new: false,
    min_order_quantity: 3,
    benefits: ["h"],
    ingredients: "i",
    usage_instructions: "j",
    delivery_estimate: "k",
    shipping_info: "l",
    returns_info: "m",
    payment_info: "n",
    attributes: { o: "p" },
    status: "active",
    in_stock: true
  }
] as const

const writings: Record<string, Writing> = {
  "PUT /users/me/addresses/:id": {
    at: Effect.map(buyer, (who) => ({ path: "/api/v1/users/me/addresses/0199e0a4-5b1c-7c3e-9a51-6f1f5f1d2a99", who })),
    bodies: [
      {
        label: "A",
        recipient_name: "B",
        phone: "+213555000001",
        wilaya_code: 16,
        commune: "C",
        address: "D",
        notes: "E"
      },
      {
        label: "F",
        recipient_name: "G",
        phone: "+213555000002",
        wilaya_code: 19,
        commune: "H",
        address: "I",
        notes: "J"
      }
    ],
    otherwise: ["is_default"]
  },
  "PATCH /users/me": {
    at: Effect.map(buyer, (who) => ({ path: "/api/v1/users/me", who })),
    bodies: [
      { full_name: "A", email: "a@example.dz", phone: "+213555000001", wilaya: "Alger", bio: "B" },
      { full_name: "C", email: "c@example.dz", phone: "+213555000002", wilaya: "Sétif", bio: "D" }
    ]
  },
  "PATCH /orders/:id": {
    at: Effect.gen(function* () {
      const who = yield* buyer
      const { id } = yield* order([{ product_id: (yield* addProduct(yield* seller)).id, quantity: 1 }], who)
      return { path: `/api/v1/orders/${id}`, who }
    }),
    bodies: [
      {
        customer_name: "A",
        customer_email: "a@example.dz",
        customer_wilaya: "Alger",
        commune: "B",
        customer_address: "C",
        notes: "D"
      },
      {
        customer_name: "E",
        customer_email: "e@example.dz",
        customer_wilaya: "Sétif",
        commune: "F",
        customer_address: "G",
        notes: "H"
      }
    ]
  },
  "PATCH /products/:id": {
    at: Effect.gen(function* () {
      const who = yield* seller
      return { path: `/api/v1/products/${(yield* addProduct(who)).id}`, who }
    }),
    bodies: products,
    // A count, which needs the version that it was counted in.
    otherwise: ["stock"]
  },
  "POST /products": {
    at: Effect.map(seller, (who) => ({ path: "/api/v1/products", who })),
    bodies: products,
    otherwise: ["stock", "seller_id"]
  }
}

/** Acts, whose fields are not read back under their names: what each does is told by the act's own tests. */
const acts: Record<string, ReadonlyArray<string>> = {
  "PATCH /admin/users/:id": ["role", "seller_category", "status", "shop_status", "reason"],
  "PATCH /cart/items/:id": ["quantity"],
  "PATCH /products/:id/images/:image_id": ["display_order", "is_primary"],
  "PATCH /seller/orders/:id/status": ["status", "tracking_number", "note"],
  "POST /admin/seller-applications/:id/decision": ["decision", "reason", "seller_category"],
  "POST /cart/items": ["product_id", "sku_id", "quantity"],
  "POST /media/uploads": ["content_type", "size", "purpose"],
  "POST /orders": [
    "customer_name",
    "customer_phone",
    "customer_email",
    "customer_wilaya",
    "commune",
    "customer_address",
    "notes",
    "payment_method",
    "items",
    "from_cart",
    "expected_total"
  ],
  "POST /orders/:id/cancel": ["reason"],
  "POST /products/:id/images/uploaded": ["media_id", "display_order", "is_primary"],
  "POST /seller/application": [
    "seller_category",
    "full_name",
    "full_name_ar",
    "description",
    "phone",
    "wilaya_code",
    "register_number",
    "tax_number"
  ],
  "POST /seller/inventory/adjust": ["sku_id", "product_id", "code", "quantity", "reason"],
  "POST /users/me/push-token": ["push_token", "platform", "device_id", "name"],
  "POST /users/me/push-tokens": ["push_token", "platform", "device_id", "name"],
  "POST /webhooks/clerk": ["type", "data"],
  "PUT /products/:id/variants": ["variants"],
  "PUT /seller/logo/uploaded": ["media_id"],
  "PUT /users/me/avatar/uploaded": ["media_id"]
}

layer(TestServer.layer)("what is written", (it) => {
  for (const [route, { at, bodies, otherwise = [] }] of Object.entries(writings)) {
    const [method = ""] = route.split(" ")
    it.effect(`by ${route} is read, every field of it, and again when it changes`, () =>
      Effect.gen(function* () {
        const server = yield* TestServer
        const { path, who } = yield* at
        for (const body of bodies) {
          assert.sameMembers([...Object.keys(body), ...otherwise], [...(fieldsByRoute.get(route) ?? [])])
          const written = yield* server.send(method, path, { ...who, body })
          assert.isBelow(written.status, 300, written.text)
          assert.deepInclude(written.json.data, body)
          const at = method === "POST" ? `${path}/${written.json.data.id}` : path
          assert.deepInclude((yield* server.get(at, who)).json.data, body)
        }
      })
    )
  }

  it("by every other endpoint has its own test, also a field that is new", () => {
    const others = [...fieldsByRoute].filter(([route]) => writings[route] === undefined)
    assert.deepStrictEqual(Object.fromEntries(others), acts)
  })
})
