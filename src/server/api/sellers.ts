import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { ShopClosed } from "../../services/auth/errors.ts"
import { Forbidden, ValidationFailed } from "../../services/errors.ts"
import { AttachPortrait } from "../../services/media/model.ts"
import { ApplicationNotFound, ApplicationPending, CannotBecomeSeller } from "../../services/sellers/errors.ts"
import { ApplyAsSeller, Logo, SellerApplication } from "../../services/sellers/model.ts"
import { SignedIn } from "../middleware/Authentication.ts"
import { Idempotent } from "../middleware/Idempotent.ts"
import { Limits } from "../middleware/limits.ts"
import { createdOf, dataOf } from "./envelope.ts"
import { picture, sentPictureRefusals } from "./uploads.ts"

const applyAsSeller = HttpApiEndpoint.post("applyAsSeller", "/seller/application", {
  payload: ApplyAsSeller,
  success: createdOf(SellerApplication),
  error: [ApplicationPending, CannotBecomeSeller, ValidationFailed]
})
  .annotate(OpenApi.Summary, "Ask for a shop; an administrator decides")
  .middleware(Idempotent)

const getApplication = HttpApiEndpoint.get("getApplication", "/seller/application", {
  success: dataOf(SellerApplication),
  error: ApplicationNotFound
}).annotate(OpenApi.Summary, "The caller's newest application: where it stands, and why")

const putLogo = HttpApiEndpoint.put("putLogo", "/seller/logo", {
  payload: picture,
  success: dataOf(Logo),
  error: [Forbidden, ShopClosed, ...sentPictureRefusals]
})
  .annotate(Limits, ["uploads"])
  .annotate(OpenApi.Summary, "Set the logo of the caller's shop: the middle of what is sent, as a square")

const attachLogo = HttpApiEndpoint.put("attachLogo", "/seller/logo/uploaded", {
  payload: AttachPortrait,
  success: dataOf(Logo),
  error: [Forbidden, ShopClosed, ValidationFailed]
}).annotate(OpenApi.Summary, "Make a portrait whose upload is complete the logo of the caller's shop")

const deleteLogo = HttpApiEndpoint.delete("deleteLogo", "/seller/logo", {
  success: dataOf(Logo),
  error: [Forbidden, ShopClosed]
}).annotate(OpenApi.Summary, "Delete the logo of the caller's shop")

export const SellersApi = HttpApiGroup.make("sellers")
  .add(applyAsSeller, getApplication, putLogo, attachLogo, deleteLogo)
  .middleware(SignedIn)
  .annotate(OpenApi.Title, "Being a seller")
