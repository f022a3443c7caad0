import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Me, UpdateMe } from "../../services/auth/model.ts"
import { PreconditionFailed } from "../../services/precondition.ts"
import { SignedIn } from "../middleware/Authentication.ts"
import { dataOf } from "./envelope.ts"
import { ifMatch } from "./ifMatch.ts"
import { requestExample } from "./openapi.ts"

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
      error: PreconditionFailed
    })
      .annotate(OpenApi.Summary, "Change the caller's profile; what is not sent stays")
      .annotateMerge(requestExample({ name: "Amina Benali", phone: "0555123456" }))
  )
  .middleware(SignedIn)
  .annotate(OpenApi.Title, "People")
