import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { AccountClosed, ShopClosed } from "../../services/auth/errors.ts"
import { Me } from "../../services/auth/model.ts"
import { ImageNotFound, ProductNotFound, TooManyImages } from "../../services/catalog/errors.ts"
import { ProductImage, UpdateProductImage } from "../../services/catalog/model.ts"
import { Forbidden, Unavailable, ValidationFailed } from "../../services/errors.ts"
import {
  FileTooLarge,
  ImageFormatUnsupported,
  ImageTooLarge,
  ImageUnreadable,
  MediaNotFound,
  UploadMalformed,
  UploadMissing
} from "../../services/media/errors.ts"
import { maxImageBytes, maxMegapixels, megabytes } from "../../services/media/limits.ts"
import { AddUploadedImage } from "../../services/media/model.ts"
import { Deleted } from "../../services/model.ts"
import { Logo } from "../../services/sellers/model.ts"
import { shown } from "../../services/shape.ts"
import { SignedIn } from "../middleware/Authentication.ts"
import { createdOf, dataOf } from "./envelope.ts"

/** Read to its end and refused up to here; what is longer is cut off. */
const maxBody = "64 MiB"

const picture = shown(
  Schema.Struct({
    file: Schema.String.annotate({
      format: "binary",
      description: `A JPEG, PNG, WebP or AVIF picture, up to ${megabytes(maxImageBytes)} and ${maxMegapixels} megapixels; its content decides, not its name`
    })
  }),
  { file: "@photo.jpg" }
).pipe(
  HttpApiSchema.asMultipartStream({ maxParts: 10, maxFieldSize: "64 KiB", maxFileSize: maxBody, maxTotalSize: maxBody })
)

const refusals = [
  FileTooLarge,
  UploadMalformed,
  ImageFormatUnsupported,
  ImageTooLarge,
  ImageUnreadable,
  ValidationFailed,
  Unavailable
] as const

const ofProduct = { id: Schema.String }
const ofImage = { id: Schema.String, image_id: Schema.String }

// Without Idempotent, which would hold the whole file, and a transaction while it is rendered.
const addProductImage = HttpApiEndpoint.post("addProductImage", "/products/:id/images", {
  params: ofProduct,
  payload: picture,
  success: createdOf(ProductImage),
  error: [ProductNotFound, ShopClosed, TooManyImages, ...refusals]
}).annotate(OpenApi.Summary, "Add a picture to a product; the first one is its primary")

// Without Idempotent, for the same reason. The upload is gone afterwards, so that it is not added twice.
const addUploadedImage = HttpApiEndpoint.post("addUploadedImage", "/products/:id/images/uploaded", {
  params: ofProduct,
  payload: AddUploadedImage,
  success: createdOf(ProductImage),
  error: [
    ProductNotFound,
    ShopClosed,
    TooManyImages,
    MediaNotFound,
    UploadMissing,
    ImageFormatUnsupported,
    ImageTooLarge,
    ImageUnreadable,
    ValidationFailed,
    Unavailable
  ]
}).annotate(
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

const putAvatar = HttpApiEndpoint.put("putAvatar", "/users/me/avatar", {
  payload: picture,
  success: dataOf(Me),
  error: [AccountClosed, ...refusals]
}).annotate(OpenApi.Summary, "Set the caller's picture: the middle of what is sent, as a square")

const deleteAvatar = HttpApiEndpoint.delete("deleteAvatar", "/users/me/avatar", {
  success: dataOf(Me),
  error: AccountClosed
}).annotate(OpenApi.Summary, "Delete the caller's picture")

const putLogo = HttpApiEndpoint.put("putLogo", "/seller/logo", {
  payload: picture,
  success: dataOf(Logo),
  error: [Forbidden, ShopClosed, ...refusals]
}).annotate(OpenApi.Summary, "Set the logo of the caller's shop: the middle of what is sent, as a square")

const deleteLogo = HttpApiEndpoint.delete("deleteLogo", "/seller/logo", {
  success: dataOf(Logo),
  error: [Forbidden, ShopClosed]
}).annotate(OpenApi.Summary, "Delete the logo of the caller's shop")

export const ImagesApi = HttpApiGroup.make("images")
  .add(
    addProductImage,
    addUploadedImage,
    updateProductImage,
    deleteProductImage,
    putAvatar,
    deleteAvatar,
    putLogo,
    deleteLogo
  )
  .middleware(SignedIn)
  .annotate(OpenApi.Title, "Pictures")
