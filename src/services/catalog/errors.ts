import { Schema } from "effect"

export class ProductNotFound extends Schema.TaggedError<ProductNotFound>()(
  "ProductNotFound",
  {},
  { httpApiStatus: 404 }
) {
  override get message() {
    return "This product does not exist."
  }
}
