import { Schema } from "effect"

export class InvalidToken extends Schema.TaggedError<InvalidToken>()(
  "InvalidToken",
  { message: Schema.Literals(["The access token is expired.", "The access token is not valid."]) },
  { httpApiStatus: 401 }
) {
  static expired(): InvalidToken {
    return new InvalidToken({ message: "The access token is expired." })
  }

  static refused(): InvalidToken {
    return new InvalidToken({ message: "The access token is not valid." })
  }
}

/** No token was sent where one is needed. */
export class Unauthenticated extends Schema.TaggedError<Unauthenticated>()(
  "Unauthenticated",
  {},
  { httpApiStatus: 401 }
) {
  override get message() {
    return "Sign in first: send Authorization: Bearer <token>."
  }
}

/** The token is good, but its user was banned or deleted. */
export class AccountClosed extends Schema.TaggedError<AccountClosed>()("AccountClosed", {}, { httpApiStatus: 403 }) {
  override get message() {
    return "This account is closed."
  }
}

/** The user is banned or deleted, so this cannot be given to them. */
export class UserUnavailable extends Schema.TaggedError<UserUnavailable>()(
  "UserUnavailable",
  { status: Schema.Literals(["banned", "deleted", "leaving"]) },
  { httpApiStatus: 409 }
) {
  override get message() {
    return `This user is ${this.status}.`
  }
}

/** The shop was suspended, or its owner is leaving. */
export class ShopClosed extends Schema.TaggedError<ShopClosed>()("ShopClosed", {}, { httpApiStatus: 403 }) {
  override get message() {
    return "This shop is closed and cannot sell. Its open orders can still be finished."
  }
}

/** A webhook that nobody signed whom we know, or too long ago. */
export class InvalidSignature extends Schema.TaggedError<InvalidSignature>()(
  "InvalidSignature",
  {},
  { httpApiStatus: 401 }
) {
  override get message() {
    return "The signature is missing, not valid, or too old."
  }
}

/** Without the secret that webhooks are signed with there is nothing at their address. */
export class WebhookNotConfigured extends Schema.TaggedError<WebhookNotConfigured>()(
  "WebhookNotConfigured",
  {},
  { httpApiStatus: 404 }
) {
  override get message() {
    return "This server takes no webhooks: CLERK_WEBHOOK_SECRET is not set."
  }
}
