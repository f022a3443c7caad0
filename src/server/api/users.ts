import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { AccountClosed } from "../../services/auth/errors.ts"
import { Me, UpdateMe } from "../../services/auth/model.ts"
import { Forbidden, ValidationFailed } from "../../services/errors.ts"
import { AttachPortrait } from "../../services/media/model.ts"
import { PreconditionFailed } from "../../services/precondition.ts"
import { SignedIn } from "../middleware/Authentication.ts"
import { Budget, Limits, longBudget, Patient } from "../middleware/limits.ts"
import { dataOf } from "./envelope.ts"
import { ifMatch } from "./ifMatch.ts"
import { picture, sentPictureRefusals } from "./uploads.ts"

export const UsersApi = HttpApiGroup.make("users")
  .add(
    HttpApiEndpoint.get("getMe", "/users/me", { success: dataOf(Me) }).annotate(
      OpenApi.Summary,
      "The caller's profile"
    ),
    HttpApiEndpoint.patch("updateMe", "/users/me", {
      headers: ifMatch,
      payload: UpdateMe,
      success: dataOf(Me),
      error: [AccountClosed, PreconditionFailed, ValidationFailed]
    }).annotate(OpenApi.Summary, "Change the caller's profile; what is not sent stays"),
    HttpApiEndpoint.delete("leave", "/users/me", { success: dataOf(Me), error: Forbidden })
      .annotate(Budget, longBudget)
      .annotate(Patient, true)
      .annotate(
        OpenApi.Summary,
        "Ask for the account's deletion in 30 days, once its orders are finished; a shop closes at once"
      ),
    HttpApiEndpoint.post("stay", "/users/me/restore", { success: dataOf(Me) })
      .annotate(Budget, longBudget)
      .annotate(Patient, true)
      .annotate(OpenApi.Summary, "Take the deletion back, until it has happened"),
    HttpApiEndpoint.put("putAvatar", "/users/me/avatar", {
      payload: picture,
      success: dataOf(Me),
      error: [AccountClosed, ...sentPictureRefusals]
    })
      .annotate(Limits, ["uploads"])
      .annotate(OpenApi.Summary, "Set the caller's picture: the middle of what is sent, as a square"),
    HttpApiEndpoint.put("attachAvatar", "/users/me/avatar/uploaded", {
      payload: AttachPortrait,
      success: dataOf(Me),
      error: [AccountClosed, ValidationFailed]
    }).annotate(OpenApi.Summary, "Make a portrait whose upload is complete the caller's picture"),
    HttpApiEndpoint.delete("deleteAvatar", "/users/me/avatar", {
      success: dataOf(Me),
      error: AccountClosed
    }).annotate(OpenApi.Summary, "Delete the caller's picture")
  )
  .middleware(SignedIn)
  .annotate(OpenApi.Title, "People")
