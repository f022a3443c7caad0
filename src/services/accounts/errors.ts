import { Schema } from "effect"

export class UserNotFound extends Schema.TaggedError<UserNotFound>()("UserNotFound", {}, { httpApiStatus: 404 }) {
  override get message() {
    return "There is no such user."
  }
}

/** Nobody bans or demotes themselves, so that an administrator is left. */
export class OwnAccount extends Schema.TaggedError<OwnAccount>()("OwnAccount", {}, { httpApiStatus: 409 }) {
  override get message() {
    return "This is your own account: another administrator has to do that."
  }
}
