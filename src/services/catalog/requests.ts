/** What is sent about products: what is written of them, and what lists are asked for. */
import { Effect, Schema } from "effect"
import { SellerCategory } from "../auth/model.ts"
import { Dinars, DinarsFromString, LongText, pageQuery, Quantity, shown, Text, uuid } from "../model.ts"
import { shape } from "../shape.ts"
import { Attributes, ProductStatus } from "./model.ts"
import { Stock } from "./skuModel.ts"

const longText = Schema.optionalKey(Schema.NullOr(LongText(2000)))
const flag = (description: string) => Schema.optionalKey(Schema.NullOr(Schema.Boolean).annotate({ description }))

const writable = {
  name_ar: Schema.optionalKey(Schema.NullOr(Text(200))),
  description: Schema.optionalKey(Schema.NullOr(LongText(5000))),
  description_ar: Schema.optionalKey(Schema.NullOr(LongText(5000))),
  category: Schema.optionalKey(Schema.NullOr(Text(80)).annotate({ description: "A category's slug or id" })),
  brand: Schema.optionalKey(Schema.NullOr(Text(80))),
  product_type: Schema.optionalKey(Schema.NullOr(Text(80))),
  sku: Schema.optionalKey(Schema.NullOr(Text(80))),
  original_price: Schema.optionalKey(Schema.NullOr(Dinars).annotate({ description: "The price before the discount" })),
  stock: Schema.optionalKey(
    Schema.NullOr(Stock).annotate({
      description: "null: not tracked. A change is a recount, which needs If-Match; for a product of one variant"
    })
  ),
  in_stock: Schema.optionalKey(
    Schema.Boolean.annotate({
      description:
        "Without stock: false is none of any variant; true is, where nothing is left, as many as one likes. A number that is left stays"
    })
  ),
  is_promo: flag("null: whether there is an original price"),
  is_new: flag("null: whether it is younger than 30 days"),
  min_order_quantity: Schema.optionalKey(Quantity),
  benefits: Schema.optionalKey(
    Schema.Array(Text(200)).check(Schema.isMaxLength(20, { message: "Expected at most 20 benefits" }))
  ),
  ingredients: longText,
  usage_instructions: longText,
  delivery_estimate: Schema.optionalKey(Schema.NullOr(Text(200))),
  shipping_info: longText,
  returns_info: longText,
  payment_info: longText,
  attributes: Schema.optionalKey(Attributes),
  status: Schema.optionalKey(Schema.Literals(["draft", "active"]))
}

export const CreateProduct = shape(
  "CreateProduct",
  {
    name: Text(200),
    price: Dinars,
    ...writable,
    seller_id: Schema.optionalKey(uuid().annotate({ description: "Whose shop; for administrators only" }))
  },
  { name: "Test Product", price: 1000 }
)
export type CreateProduct = typeof CreateProduct.Type

export const UpdateProduct = shape(
  "UpdateProduct",
  {
    name: Schema.optionalKey(Text(200)),
    price: Schema.optionalKey(Dinars),
    ...writable
  },
  { price: 950.5, original_price: 1200, stock: 40 }
)
export type UpdateProduct = typeof UpdateProduct.Type

export const ProductSort = Schema.Literals(["price", "-price", "created_at", "-created_at", "popular", "rating"])
export type ProductSort = typeof ProductSort.Type

const Flag = Schema.Literals(["true", "false"])
const Name = Text(200)

const filters = {
  category: Schema.optionalKey(shown(Name, "food", "Slug or id; its children are included")),
  brand: Schema.optionalKey(shown(Name, "Tifra")),
  min_price: Schema.optionalKey(DinarsFromString),
  max_price: Schema.optionalKey(DinarsFromString),
  in_stock: Schema.optionalKey(Flag),
  is_promo: Schema.optionalKey(Flag),
  is_new: Schema.optionalKey(Flag),
  search: Schema.optionalKey(shown(Text(100), "huile")),
  sort: ProductSort.pipe(Schema.withDecodingDefaultKey(Effect.succeed("-created_at" as const))),
  fields: Schema.optionalKey(
    shown(
      Schema.String.check(Schema.isMaxLength(500)),
      "name,price,in_stock",
      "Which fields to answer, separated by commas"
    )
  )
}

const shops = {
  seller: Schema.optionalKey(shown(Name, "0199e0a4-0002-7000-8000-000000000020", "A seller's id")),
  seller_category: Schema.optionalKey(SellerCategory)
}

export const ListProducts = Schema.Struct({ ...pageQuery, ...filters, ...shops })
export type ListProducts = typeof ListProducts.Type

const { search: _, ...narrowing } = filters

export const SearchProducts = Schema.Struct({ ...pageQuery, ...narrowing, ...shops, q: shown(Text(100), "huile") })
export type SearchProducts = typeof SearchProducts.Type

export const ListOwnProducts = Schema.Struct({
  ...pageQuery,
  ...filters,
  status: Schema.optionalKey(Schema.Literals([...ProductStatus.literals, "out_of_stock"]))
})
export type ListOwnProducts = typeof ListOwnProducts.Type
