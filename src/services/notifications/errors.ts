import { Schema } from "effect"

export class PushTokenNotFound extends Schema.TaggedError<PushTokenNotFound>()(
  "PushTokenNotFound",
  {},
  { httpApiStatus: 404 }
) {
  override get message() {
    return "This push token does not exist."
  }
}
