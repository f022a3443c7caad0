import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { AccountClosed } from "../../services/auth/errors.ts"
import { Deleted } from "../../services/model.ts"
import { PushTokenNotFound } from "../../services/notifications/errors.ts"
import { PushToken, RegisterPushToken } from "../../services/notifications/model.ts"
import { SignedIn } from "../middleware/Authentication.ts"
import { Idempotent } from "../middleware/Idempotent.ts"
import { dataOf, writtenOf } from "./envelope.ts"

const listPushTokens = HttpApiEndpoint.get("listPushTokens", "/users/me/push-tokens", {
  success: dataOf(Schema.Array(PushToken))
}).annotate(OpenApi.Summary, "The devices that the caller's notifications go to, 20 at most")

const registerPushToken = HttpApiEndpoint.post("registerPushToken", "/users/me/push-tokens", {
  payload: RegisterPushToken,
  success: writtenOf(PushToken),
  error: AccountClosed
})
  .annotate(OpenApi.Summary, "Register a device (201) or renew it (200); a token leaves the account that had it")
  .middleware(Idempotent)

/** The same for the app, which was made for a route of its own. */
const setPushToken = HttpApiEndpoint.post("setPushToken", "/users/me/push-token", {
  payload: RegisterPushToken,
  success: writtenOf(PushToken),
  error: AccountClosed
})
  .annotate(OpenApi.Summary, "Register this device, as at /users/me/push-tokens")
  .middleware(Idempotent)

const deletePushToken = HttpApiEndpoint.delete("deletePushToken", "/users/me/push-tokens/:id", {
  params: { id: Schema.String },
  success: dataOf(Deleted),
  error: [PushTokenNotFound, AccountClosed]
}).annotate(OpenApi.Summary, "Send this device no more notifications")

export const PushTokensApi = HttpApiGroup.make("pushTokens")
  .add(listPushTokens, registerPushToken, setPushToken, deletePushToken)
  .middleware(SignedIn)
  .annotate(OpenApi.Title, "Push tokens")
