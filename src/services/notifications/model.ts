import { Schema } from "effect"
import { Instant, Text } from "../model.ts"
import { shape } from "../shape.ts"

export const PushTokenId = Schema.String.pipe(Schema.brand("PushTokenId"))
export type PushTokenId = typeof PushTokenId.Type

export const Platform = Schema.Literals(["ios", "android", "web"])

/** A device that a user's notifications go to. */
export const PushToken = shape(
  "PushToken",
  {
    id: PushTokenId,
    push_token: Schema.String,
    platform: Schema.NullOr(Platform),
    device_id: Schema.NullOr(Schema.String),
    name: Schema.NullOr(Schema.String),
    created_at: Instant,
    registered_at: Instant.annotate({ description: "When the device last registered" })
  },
  {
    id: "0199e0a4-8888-7000-8000-000000000090",
    push_token: "ExponentPushToken[3mKx0wQ9vT1uZyR8pLcB7a]",
    platform: "android",
    device_id: "6f1f5f1d2a10",
    name: "Galaxy A15",
    created_at: "2026-01-31T10:00:00.000Z",
    registered_at: "2026-01-31T10:00:00.000Z"
  }
)
export type PushToken = typeof PushToken.Type

/** `ExponentPushToken[…]`, as Expo gives them to apps. */
const expoToken = /^Expo(?:nent)?PushToken\[[!-Z^-~]{1,200}\]$/

const isToken = Schema.isPattern(/^[!-~]{1,1024}$/, {
  message: "Expected 1 to 1,024 printable characters without spaces"
})

const isOfItsPlatform = Schema.makeFilter<{ readonly push_token: string; readonly platform?: typeof Platform.Type }>(
  ({ push_token, platform }) =>
    platform === "web" || expoToken.test(push_token)
      ? undefined
      : { path: ["push_token"], issue: "Expected an Expo push token, ExponentPushToken[…]" }
)

export const RegisterPushToken = shape(
  "RegisterPushToken",
  {
    push_token: Schema.String.annotate({
      message: "Expected a text",
      description: "Of an app, what Expo gave it: ExponentPushToken[…]"
    }).check(isToken),
    platform: Schema.optionalKey(Platform),
    device_id: Schema.optionalKey(
      Schema.NullOr(Text(128)).annotate({ description: "What the app calls this device: it has one token at a time" })
    ),
    name: Schema.optionalKey(Schema.NullOr(Text(120)))
  },
  {
    push_token: "ExponentPushToken[3mKx0wQ9vT1uZyR8pLcB7a]",
    platform: "android",
    device_id: "6f1f5f1d2a10",
    name: "Galaxy A15"
  }
)
  .check(isOfItsPlatform)
  .annotate({ identifier: "RegisterPushToken" })
export type RegisterPushToken = typeof RegisterPushToken.Type
