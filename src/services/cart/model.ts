import { Effect, Schema, SchemaGetter } from "effect"
import { UserId } from "../auth/model.ts"
import { ProductId } from "../catalog/model.ts"
import { Centimes, Dinars, Quantity, uuidPattern } from "../model.ts"

/** A sum of amounts: dinars on the wire, without the upper limit of a price. */
export const Total = Schema.Finite.annotate({ description: "Dinars, at most two decimals", examples: [25000] }).pipe(
  Schema.decodeTo(Centimes, {
    decode: SchemaGetter.transform((dinars: number) => Math.round(dinars * 100)),
    encode: SchemaGetter.transform((centimes: number) => centimes / 100)
  })
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

export const CartItem = Schema.Struct({
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
  seller: Schema.Struct({ id: UserId, shop_name: Schema.NullOr(Schema.String) })
}).annotate({ identifier: "CartItem" })

export const Cart = Schema.Struct({
  items: Schema.Array(CartItem),
  count: Schema.Int.annotate({ description: "The sum of the quantities" }),
  items_count: Schema.Int.annotate({ description: "The number of lines" }),
  subtotal: Total
}).annotate({ identifier: "Cart" })
export type Cart = typeof Cart.Type

export const CartCount = Schema.Struct({ count: Schema.Int, items_count: Schema.Int }).annotate({
  identifier: "CartCount"
})
export type CartCount = typeof CartCount.Type

export const AddCartItem = Schema.Struct({
  product_id: ProductRef,
  quantity: Quantity.pipe(Schema.withDecodingDefaultKey(Effect.succeed(1)))
}).annotate({ identifier: "AddCartItem" })
export type AddCartItem = typeof AddCartItem.Type

export const UpdateCartItem = Schema.Struct({ quantity: Quantity }).annotate({ identifier: "UpdateCartItem" })
export type UpdateCartItem = typeof UpdateCartItem.Type
