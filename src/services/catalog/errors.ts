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
