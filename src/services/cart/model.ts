import { Effect, Schema, SchemaGetter } from "effect"
import { UserId } from "../auth/model.ts"
import { Product, ProductId } from "../catalog/model.ts"
import { SkuId, Variant } from "../catalog/skuModel.ts"
import { Dinars, Quantity, Total, uuid } from "../model.ts"
import { exampleOf, shape } from "../shape.ts"

/** The id of a product in a request body. */
export const ProductRef = uuid("Expected a product's id").pipe(
  Schema.decodeTo(ProductId, {
    decode: SchemaGetter.transform((id: string) => id.toLowerCase()),
    encode: SchemaGetter.passthrough()
  })
)

/** The id of a variant in a request body. */
export const SkuRef = uuid("Expected a variant's id").pipe(
  Schema.decodeTo(SkuId, {
    decode: SchemaGetter.transform((id: string) => id.toLowerCase()),
    encode: SchemaGetter.passthrough()
  })
)

/** What is bought: a variant, or a product that has one alone. */
export const bought = {
  product_id: Schema.optionalKey(ProductRef.annotate({ description: "Enough where a product has one variant" })),
  sku_id: Schema.optionalKey(SkuRef)
}

export const CartItemId = Schema.String.pipe(Schema.brand("CartItemId"))
export type CartItemId = typeof CartItemId.Type

const product = exampleOf(Product)

/** Whose product it is, as carts and orders name them. */
export const LineSeller = Schema.Struct({ id: UserId, full_name: Schema.NullOr(Schema.String) })

export const CartItem = shape(
  "CartItem",
  {
    id: CartItemId,
    product_id: ProductId,
    sku_id: SkuId,
    options: Schema.Record(Schema.String, Schema.String),
    slug: Schema.String,
    product_name: Schema.String,
    product_name_ar: Schema.NullOr(Schema.String),
    product_image: Schema.NullOr(Schema.String),
    product_price: Dinars.annotate({ description: "The price of one, as it is now" }),
    price_when_added: Dinars,
    price_changed: Schema.Boolean,
    quantity: Schema.Int,
    subtotal: Total,
    stock: Schema.NullOr(Schema.Int).annotate({ description: "null: not tracked" }),
    in_stock: Schema.Boolean.annotate({ description: "Whether it can be ordered in this quantity now" }),
    seller: LineSeller
  },
  {
    id: "0199e0a4-6666-7000-8000-000000000070",
    product_id: product.id,
    sku_id: exampleOf(Variant).id,
    options: exampleOf(Variant).options,
    slug: product.slug,
    product_name: product.name,
    product_name_ar: product.name_ar,
    product_image: product.image_url,
    product_price: 4500,
    price_when_added: 4700,
    price_changed: true,
    quantity: 2,
    subtotal: 9000,
    stock: 120,
    in_stock: true,
    seller: { id: product.seller.id, full_name: product.seller.full_name }
  }
)

export const Cart = shape(
  "Cart",
  {
    items: Schema.Array(CartItem),
    count: Schema.Int.annotate({ description: "The sum of the quantities" }),
    items_count: Schema.Int.annotate({ description: "The number of lines" }),
    total: Total
  },
  { items: [exampleOf(CartItem)], count: 2, items_count: 1, total: 9000 }
)
export type Cart = typeof Cart.Type

/** The cart of a guest who had none comes with its token. */
export const AddedCart = shape(
  "AddedCart",
  {
    ...Cart.fields,
    cart_token: Schema.optionalKey(
      Schema.String.annotate({ description: "For guests, this once: sent as X-Cart-Token it is this cart's key" })
    )
  },
  { ...exampleOf(Cart), cart_token: "q3Zt0hT2RkWm8nYb5vXc1A" }
)
export type AddedCart = typeof AddedCart.Type

export const CartCount = shape(
  "CartCount",
  { count: Schema.Int, items_count: Schema.Int },
  { count: 2, items_count: 1 }
)
export type CartCount = typeof CartCount.Type

export const AddCartItem = shape(
  "AddCartItem",
  {
    ...bought,
    quantity: Quantity.pipe(Schema.withDecodingDefaultKey(Effect.succeed(1)))
  },
  { product_id: product.id, quantity: 2 }
)
export type AddCartItem = typeof AddCartItem.Type

export const UpdateCartItem = shape("UpdateCartItem", { quantity: Quantity }, { quantity: 3 })
export type UpdateCartItem = typeof UpdateCartItem.Type
