import { Schema } from "effect"
import { VariantChoice } from "./skuModel.ts"

export class ProductNotFound extends Schema.TaggedError<ProductNotFound>()(
  "ProductNotFound",
  {},
  { httpApiStatus: 404 }
) {
  override get message() {
    return "This product does not exist."
  }
}

/** Several variants of a product are for sale: which one has to be said. */
export class VariantRequired extends Schema.TaggedError<VariantRequired>()(
  "VariantRequired",
  {
    details: Schema.Array(
      Schema.Struct({
        field: Schema.String,
        message: Schema.String,
        product_id: Schema.String,
        variants: Schema.Array(VariantChoice)
      })
    )
  },
  { httpApiStatus: 422 }
) {
  override get message() {
    return "This product has several variants: choose one."
  }
}

export class OutOfStock extends Schema.TaggedError<OutOfStock>()(
  "OutOfStock",
  {
    details: Schema.Array(
      Schema.Struct({
        product_id: Schema.String,
        sku_id: Schema.String,
        product_name: Schema.String,
        options: Schema.Record(Schema.String, Schema.String),
        available: Schema.Int,
        requested: Schema.Int
      })
    )
  },
  { httpApiStatus: 409 }
) {
  override get message() {
    return "There is not enough in stock."
  }
}

/** No variant of the caller's products is called so. */
export class SkuNotFound extends Schema.TaggedError<SkuNotFound>()("SkuNotFound", {}, { httpApiStatus: 404 }) {
  override get message() {
    return "There is no such variant."
  }
}

export class ImageNotFound extends Schema.TaggedError<ImageNotFound>()("ImageNotFound", {}, { httpApiStatus: 404 }) {
  override get message() {
    return "This product has no such picture."
  }
}

export class TooManyImages extends Schema.TaggedError<TooManyImages>()(
  "TooManyImages",
  { maximum: Schema.Int },
  { httpApiStatus: 409 }
) {
  override get message() {
    return `A product has ${this.maximum} pictures at most. Delete one to add another.`
  }
}
