import { Effect, Schema, SchemaGetter } from "effect"
import { UserId } from "../auth/model.ts"
import { Product, ProductId } from "../catalog/model.ts"
import { Centimes, Dinars, Quantity, uuidPattern } from "../model.ts"
import { exampleOf, keptAs, shape } from "../shape.ts"
import { dinars } from "../sql.ts"

/** A sum of amounts: dinars on the wire, without the upper limit of a price. */
export const Total = Schema.Finite.annotate({ description: "Dinars, at most two decimals", examples: [25000] }).pipe(
  Schema.decodeTo(Centimes, {
    decode: SchemaGetter.transform((amount: number) => Math.round(amount * 100)),
    encode: SchemaGetter.transform((centimes: number) => centimes / 100)
  }),
  keptAs(dinars)
)

/** The id of a product in a request body. */
export const ProductRef = Schema.String.annotate({ message: "Expected a product's id" })
  .check(Schema.isPattern(uuidPattern, { message: "Expected a product's id" }))
  .pipe(
    Schema.decodeTo(ProductId, {
      decode: SchemaGetter.transform((id: string) => id.toLowerCase()),
      encode: SchemaGetter.passthrough()
    })
  )

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
    slug: Schema.String,
    name: Schema.String,
    name_ar: Schema.NullOr(Schema.String),
    image_url: Schema.NullOr(Schema.String),
    price: Dinars.annotate({ description: "The price of one, as it is now" }),
    price_when_added: Dinars,
    price_changed: Schema.Boolean,
    quantity: Schema.Int,
    line_total: Total,
    stock: Schema.NullOr(Schema.Int).annotate({ description: "null: not tracked" }),
    available: Schema.Boolean.annotate({ description: "Whether it can be ordered in this quantity now" }),
    seller: LineSeller
  },
  {
    id: "0199e0a4-6666-7000-8000-000000000070",
    product_id: product.id,
    slug: product.slug,
    name: product.name,
    name_ar: product.name_ar,
    image_url: product.image_url,
    price: 4500,
    price_when_added: 4700,
    price_changed: true,
    quantity: 2,
    line_total: 9000,
    stock: 120,
    available: true,
    seller: { id: product.seller.id, full_name: product.seller.full_name }
  }
)

export const Cart = shape(
  "Cart",
  {
    items: Schema.Array(CartItem),
    count: Schema.Int.annotate({ description: "The sum of the quantities" }),
    items_count: Schema.Int.annotate({ description: "The number of lines" }),
    subtotal: Total
  },
  { items: [exampleOf(CartItem)], count: 2, items_count: 1, subtotal: 9000 }
)
export type Cart = typeof Cart.Type

export const CartCount = shape(
  "CartCount",
  { count: Schema.Int, items_count: Schema.Int },
  { count: 2, items_count: 1 }
)
export type CartCount = typeof CartCount.Type

export const AddCartItem = shape(
  "AddCartItem",
  {
    product_id: ProductRef,
    quantity: Quantity.pipe(Schema.withDecodingDefaultKey(Effect.succeed(1)))
  },
  { product_id: product.id, quantity: 2 }
)
export type AddCartItem = typeof AddCartItem.Type

export const UpdateCartItem = shape("UpdateCartItem", { quantity: Quantity }, { quantity: 3 })
export type UpdateCartItem = typeof UpdateCartItem.Type
