import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Me, UpdateMe } from "../../services/auth/model.ts"
import { SignedIn } from "../middleware/Authentication.ts"
import { dataOf } from "./envelope.ts"
import { requestExample } from "./openapi.ts"

export const UsersApi = HttpApiGroup.make("users")
  .add(
    HttpApiEndpoint.get("getMe", "/users/me", { success: dataOf(Me) }).annotate(
      OpenApi.Summary,
      "The caller's profile"
    ),
    HttpApiEndpoint.patch("updateMe", "/users/me", { payload: UpdateMe, success: dataOf(Me) })
      .annotate(OpenApi.Summary, "Change the caller's profile; what is not sent stays")
      .annotateMerge(requestExample({ name: "Amina Benali", phone: "0555123456" }))
  )
  .middleware(SignedIn)
  .annotate(OpenApi.Title, "People")
