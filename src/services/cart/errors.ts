import { Schema } from "effect"

export class CartItemNotFound extends Schema.TaggedError<CartItemNotFound>()(
  "CartItemNotFound",
  {},
  { httpApiStatus: 404 }
) {
  override get message() {
    return "This line is not in the cart."
  }
}

/** Products that do not exist, or are not on sale: the same to whoever asks for them. */
export class ProductsNotFound extends Schema.TaggedError<ProductsNotFound>()(
  "ProductNotFound",
  {
    details: Schema.Array(
      Schema.Struct({ product_id: Schema.optionalKey(Schema.String), sku_id: Schema.optionalKey(Schema.String) })
    )
  },
  { httpApiStatus: 404 }
) {
  override get message() {
    return "This product does not exist."
  }
}
