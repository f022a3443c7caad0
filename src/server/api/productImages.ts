import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { ShopClosed } from "../../services/auth/errors.ts"
import { ImageNotFound, ProductNotFound, TooManyImages } from "../../services/catalog/errors.ts"
import { AddUploadedImage, ProductImage, UpdateProductImage } from "../../services/catalog/imageModel.ts"
import { ValidationFailed } from "../../services/errors.ts"
import { MediaNotFound, UploadMissing } from "../../services/media/errors.ts"
import { Deleted } from "../../services/model.ts"
import { SignedIn } from "../middleware/Authentication.ts"
import { Budget, Limits, longBudget } from "../middleware/limits.ts"
import { createdOf, dataOf } from "./envelope.ts"
import { pictureRefusals, productPicture, sentPictureRefusals } from "./uploads.ts"

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

// Without Idempotent, for the same reason. The upload is gone afterwards, so that it is not added twice.
const addUploadedImage = HttpApiEndpoint.post("addUploadedImage", "/products/:id/images/uploaded", {
  params: ofProduct,
  payload: AddUploadedImage,
  success: createdOf(ProductImage),
  error: [ProductNotFound, ShopClosed, TooManyImages, MediaNotFound, UploadMissing, ...pictureRefusals]
})
  .annotate(Limits, ["completions"])
  .annotate(Budget, longBudget)
  .annotate(
    OpenApi.Summary,
    "Complete a presigned upload as a picture of a product: it is checked like one that is sent"
  )

const updateProductImage = HttpApiEndpoint.patch("updateProductImage", "/products/:id/images/:image_id", {
  params: ofImage,
  payload: UpdateProductImage,
  success: dataOf(ProductImage),
  error: [ProductNotFound, ShopClosed, ImageNotFound, ValidationFailed]
}).annotate(OpenApi.Summary, "Move a product's picture, or make it the primary one")

const deleteProductImage = HttpApiEndpoint.delete("deleteProductImage", "/products/:id/images/:image_id", {
  params: ofImage,
  success: dataOf(Deleted),
  error: [ProductNotFound, ShopClosed, ImageNotFound]
}).annotate(OpenApi.Summary, "Delete a product's picture; the next one becomes primary when it was")

export const ProductImagesApi = HttpApiGroup.make("productImages")
  .add(addProductImage, addUploadedImage, updateProductImage, deleteProductImage)
  .middleware(SignedIn)
  .annotate(OpenApi.Title, "Pictures of products")
