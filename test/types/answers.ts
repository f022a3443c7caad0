/** What must not compile: an answer that is not what its endpoint declares, and JSON of a type that nothing wrote. */
import { Effect, Schema } from "effect"
import { HttpServerResponse } from "effect/http"
import type { SqlClient } from "effect/sql"
import type { Api } from "../../src/server/Api.ts"
import { type Answer, answersOf } from "../../src/server/answers.ts"
import type { Address } from "../../src/services/addresses/model.ts"
import type { ListedProduct, Product } from "../../src/services/catalog/model.ts"
import { Category, Subcategory } from "../../src/services/catalog/model.ts"
import { aggregated, jsonOf, nullUnless, only } from "../../src/services/json.ts"
import type { Page } from "../../src/services/list.ts"
import type { PushToken } from "../../src/services/notifications/model.ts"
import type { ListedOrder, Order } from "../../src/services/orders/model.ts"
import { type Encoded, encode, readFirst, type Written } from "../../src/services/wire.ts"

type Groups = (typeof Api)["groups"]
type Addresses = Groups["addresses"]["endpoints"]
type Catalog = Groups["catalog"]["endpoints"]
type Orders = Groups["orders"]["endpoints"]

declare const address: Encoded<Address>
declare const addresses: Encoded<ReadonlyArray<Address>>
declare const writtenAddress: Written<Address>
declare const tokens: Encoded<ReadonlyArray<PushToken>>
declare const product: Encoded<Product>
declare const products: Page<ListedProduct>
declare const orders: Page<ListedOrder>
declare const order: Encoded<Order>
declare const sql: SqlClient.SqlClient

export const declared: ReadonlyArray<unknown> = [
  addresses satisfies Answer<Addresses["listAddresses"]>,
  address satisfies Answer<Addresses["getAddress"]>,
  writtenAddress satisfies Answer<Addresses["putAddress"]>,
  products satisfies Answer<Catalog["listProducts"]>,
  product satisfies Answer<Catalog["createProduct"]>,
  // A token may be missing from what a placed order is.
  order satisfies Answer<Orders["placeOrder"]>,
  // @ts-expect-error JSON of something else
  tokens satisfies Answer<Addresses["listAddresses"]>,
  // @ts-expect-error one, where many are declared
  address satisfies Answer<Addresses["listAddresses"]>,
  // @ts-expect-error JSON, where it must be said whether it is new
  address satisfies Answer<Addresses["putAddress"]>,
  // @ts-expect-error whether it is new, where that makes no difference
  writtenAddress satisfies Answer<Addresses["getAddress"]>,
  // @ts-expect-error items without their meta
  products.items satisfies Answer<Catalog["listProducts"]>,
  // @ts-expect-error items of something else
  { ...products, items: orders.items } satisfies Answer<Catalog["listProducts"]>,
  // @ts-expect-error more than is declared
  order satisfies Encoded<ListedOrder>,
  // @ts-expect-error text that nobody wrote as JSON
  "{}" satisfies Answer<Orders["getOrder"]>,
  // @ts-expect-error a value that nobody has encoded
  { id: "1", outcome: "deleted" } satisfies Answer<Addresses["deleteAddress"]>,
  // @ts-expect-error a response of the handler's own making
  HttpServerResponse.empty() satisfies Answer<Orders["getOrder"]>
]

const nobodyAsks = () => Effect.die("nobody asks")

export const groups = [
  answersOf("sellers", (answers) =>
    answers({
      applyAsSeller: nobodyAsks,
      getApplication: nobodyAsks,
      putLogo: nobodyAsks,
      attachLogo: nobodyAsks,
      deleteLogo: nobodyAsks
    })
  ),
  // @ts-expect-error an endpoint without a handler
  answersOf("sellers", (answers) => answers({ getApplication: nobodyAsks })),
  // @ts-expect-error a handler without an endpoint
  answersOf("shops", (answers) => answers({ getShop: nobodyAsks, getApplication: nobodyAsks })),
  answersOf("shops", (answers) =>
    answers({
      // @ts-expect-error a response of the handler's own making
      getShop: () => Effect.succeed(HttpServerResponse.empty({ status: 418 }))
    })
  ),
  // @ts-expect-error a group that the contract does not have
  answersOf("teapots", (answers) => answers({}))
]

const subcategory = jsonOf(Subcategory, "d")
const NullableOwner = Schema.Struct({ id: Schema.String, owner: Schema.NullOr(Subcategory) })
const Loose = Schema.Struct({ id: Schema.String, note: Schema.optionalKey(Schema.String) })

export const expressions: ReadonlyArray<unknown> = [
  jsonOf(Category, "c", { children: aggregated(subcategory, "d.slug") }),
  jsonOf(NullableOwner, "x", { owner: nullUnless("true", subcategory) }),
  jsonOf(NullableOwner, "x", { owner: subcategory }),
  only(jsonOf(Loose, "x"), ["note"]),
  // @ts-expect-error where its children come from is not said
  jsonOf(Category, "c"),
  // @ts-expect-error nor here, where something else is
  jsonOf(Category, "c", { slug: "c.name" }),
  // @ts-expect-error one, where many belong
  jsonOf(Category, "c", { children: subcategory }),
  // @ts-expect-error a column, where objects belong
  jsonOf(Category, "c", { children: "c.children" }),
  // @ts-expect-error objects, where a column belongs
  jsonOf(Subcategory, "d", { slug: subcategory }),
  // @ts-expect-error a field that it does not have
  jsonOf(Subcategory, "d", { parent: "d.parent_id" }),
  // @ts-expect-error null, where there is always one
  jsonOf(Schema.Struct({ owner: Subcategory }), "x", { owner: nullUnless("true", subcategory) }),
  // @ts-expect-error a field that it does not have
  only(jsonOf(Loose, "x"), ["parent"])
]

const none = () => Effect.die("none")
const find = readFirst(subcategory, (json) => sql`SELECT ${json} FROM categories d`, none)
const nobody = nullUnless("false", subcategory)

export const encodings: ReadonlyArray<unknown> = [
  find satisfies Effect.Effect<Encoded<typeof Subcategory.Type>, unknown>,
  // @ts-expect-error another type's JSON
  find satisfies Effect.Effect<Encoded<typeof Category.Type>, unknown>,
  // @ts-expect-error null is no answer
  readFirst(nobody, (json) => sql`SELECT ${json}`, none),
  encode(Subcategory)({ id: "1", slug: "food", name_fr: "Alimentation", name_ar: "أغذية" }),
  // @ts-expect-error a field is missing
  encode(Subcategory)({ id: "1", slug: "food" })
]
