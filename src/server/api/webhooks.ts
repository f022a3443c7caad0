import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { InvalidSignature, WebhookNotConfigured } from "../../services/auth/errors.ts"
import { WebhookReceipt } from "../../services/auth/model.ts"
import { ValidationFailed } from "../../services/errors.ts"
import { shape } from "../../services/shape.ts"
import { Budget, longBudget, Patient } from "../middleware/limits.ts"
import { dataOf } from "./envelope.ts"

/** What is signed are the bytes of the body, so that it is read as they are; this is what they mean. */
const ClerkEvent = shape(
  "ClerkEvent",
  { type: Schema.String, data: Schema.Record(Schema.String, Schema.Unknown) },
  {
    type: "user.updated",
    data: {
      id: "user_2RfWKJREkjKbHZy0Wqa5qrHeAnb",
      first_name: "Amina",
      last_name: "Benali",
      primary_email_address_id: "idn_2RfWKJREkjKbHZy0Wqa5qrHeAnc",
      email_addresses: [{ id: "idn_2RfWKJREkjKbHZy0Wqa5qrHeAnc", email_address: "amina@example.dz" }],
      updated_at: 1_769_853_600_000
    }
  }
)

export const WebhooksApi = HttpApiGroup.make("webhooks")
  .add(
    HttpApiEndpoint.post("clerk", "/webhooks/clerk", {
      headers: {
        "svix-id": Schema.optionalKey(Schema.String),
        "svix-timestamp": Schema.optionalKey(Schema.String),
        "svix-signature": Schema.optionalKey(Schema.String)
      },
      payload: ClerkEvent,
      success: dataOf(WebhookReceipt),
      error: [WebhookNotConfigured, InvalidSignature, ValidationFailed]
    })
      .annotate(Budget, longBudget)
      .annotate(Patient, true)
      .annotate(OpenApi.Summary, "What happens to users at Clerk; signed, in any order, any number of times")
  )
  .annotate(OpenApi.Title, "Webhooks")
