/** What is written is what is read: every field that a body takes, on the way in and when it changes. */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { PutAddress } from "../../src/services/addresses/model.ts"
import { UpdateMe } from "../../src/services/auth/model.ts"
import { UpdateProduct } from "../../src/services/catalog/requests.ts"
import { UpdateOrder } from "../../src/services/orders/requests.ts"
import { type Person, TestServer } from "../support/server.ts"
import { addProduct, buyer, order, seller } from "../support/shop.ts"

type Writing = {
  readonly fields: object
  readonly method: "PATCH" | "PUT"
  readonly at: Effect.Effect<{ readonly path: string; readonly who: Person }, never, TestServer>
  /** Two bodies that share no value. A field that is not here is missing in the test. */
  readonly bodies: readonly [Record<string, unknown>, Record<string, unknown>]
  /** Fields that are read otherwise, as another test tells. */
  readonly otherwise?: ReadonlyArray<string>
}

const writings: Record<string, Writing> = {
  "an address": {
    fields: PutAddress.fields,
    method: "PUT",
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
  "a profile": {
    fields: UpdateMe.fields,
    method: "PATCH",
    at: Effect.map(buyer, (who) => ({ path: "/api/v1/users/me", who })),
    bodies: [
      { full_name: "A", email: "a@example.dz", phone: "+213555000001", wilaya: "Alger", bio: "B" },
      { full_name: "C", email: "c@example.dz", phone: "+213555000002", wilaya: "Sétif", bio: "D" }
    ]
  },
  "an order": {
    fields: UpdateOrder.fields,
    method: "PATCH",
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
  "a product": {
    fields: UpdateProduct.fields,
    method: "PATCH",
    at: Effect.gen(function* () {
      const who = yield* seller
      return { path: `/api/v1/products/${(yield* addProduct(who)).id}`, who }
    }),
    bodies: [
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
    ],
    // A count, which needs the version that it was counted in.
    otherwise: ["stock"]
  }
}

layer(TestServer.layer)("what is written", (it) => {
  for (const [name, { fields, method, at, bodies, otherwise = [] }] of Object.entries(writings)) {
    it.effect(`of ${name} is read, every field of it, and again when it changes`, () =>
      Effect.gen(function* () {
        const server = yield* TestServer
        const { path, who } = yield* at
        for (const body of bodies) {
          assert.sameMembers([...Object.keys(body), ...otherwise], Object.keys(fields))
          const written = yield* server.send(method, path, { ...who, body })
          assert.isBelow(written.status, 300, written.text)
          assert.deepInclude(written.json.data, body)
          assert.deepInclude((yield* server.get(path, who)).json.data, body)
        }
      })
    )
  }
})
