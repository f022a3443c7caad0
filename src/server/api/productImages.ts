import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { ShopClosed } from "../../services/auth/errors.ts"
import { ImageNotFound, ProductNotFound, TooManyImages } from "../../services/catalog/errors.ts"
import { AttachImage, ProductImage, UpdateProductImage } from "../../services/catalog/imageModel.ts"
import { ValidationFailed } from "../../services/errors.ts"
import { Deleted } from "../../services/model.ts"
import { SignedIn } from "../middleware/Authentication.ts"
import { Idempotent } from "../middleware/Idempotent.ts"
import { Limits } from "../middleware/limits.ts"
import { createdOf, dataOf } from "./envelope.ts"
import { productPicture, sentPictureRefusals } from "./uploads.ts"

const ofProduct = { id: Schema.String }
const ofImage = { id: Schema.String, image_id: Schema.String }

// Without Idempotent, which would hold the whole file, and a transaction while it is rendered.
const addProductImage = HttpApiEndpoint.post("addProductImage", "/products/:id/images", {
  params: ofProduct,
  payload: productPicture,
  success: createdOf(ProductImage),
  error: [ProductNotFound, ShopClosed, TooManyImages, ...sentPictureRefusals]
})
  .annotate(Limits, ["uploads"])
  .annotate(OpenApi.Summary, "Add a picture to a product; the first one is its primary")

const attachProductImage = HttpApiEndpoint.post("attachProductImage", "/products/:id/images/uploaded", {
  params: ofProduct,
  payload: AttachImage,
  success: createdOf(ProductImage),
  error: [ProductNotFound, ShopClosed, TooManyImages, ValidationFailed]
})
  .annotate(Limits, ["product-changes"])
  .annotate(OpenApi.Summary, "Add an upload that is complete to a product's pictures; once, however often it is sent")
  .middleware(Idempotent)

const updateProductImage = HttpApiEndpoint.patch("updateProductImage", "/products/:id/images/:image_id", {
  params: ofImage,
  payload: UpdateProductImage,
  success: dataOf(ProductImage),
  error: [ProductNotFound, ShopClosed, ImageNotFound, ValidationFailed]
})
  .annotate(Limits, ["product-changes"])
  .annotate(OpenApi.Summary, "Move a product's picture, or make it the primary one")

const deleteProductImage = HttpApiEndpoint.delete("deleteProductImage", "/products/:id/images/:image_id", {
  params: ofImage,
  success: dataOf(Deleted),
  error: [ProductNotFound, ShopClosed, ImageNotFound]
})
  .annotate(Limits, ["product-changes"])
  .annotate(OpenApi.Summary, "Delete a product's picture; the next one becomes primary when it was")

export const ProductImagesApi = HttpApiGroup.make("productImages")
  .add(addProductImage, attachProductImage, updateProductImage, deleteProductImage)
  .middleware(SignedIn)
  .annotate(OpenApi.Title, "Pictures of products")
