import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { ValidationFailed } from "../../services/errors.ts"
import { ApplicationNotFound, ApplicationPending, CannotBecomeSeller } from "../../services/sellers/errors.ts"
import { ApplyAsSeller, SellerApplication } from "../../services/sellers/model.ts"
import { SignedIn } from "../middleware/Authentication.ts"
import { Idempotent } from "../middleware/Idempotent.ts"
import { createdOf, dataOf } from "./envelope.ts"

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

export const SellersApi = HttpApiGroup.make("sellers")
  .add(applyAsSeller, getApplication)
  .middleware(SignedIn)
  .annotate(OpenApi.Title, "Becoming a seller")
