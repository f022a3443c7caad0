import { Schema } from "effect"

export class ApplicationNotFound extends Schema.TaggedError<ApplicationNotFound>()(
  "ApplicationNotFound",
  {},
  { httpApiStatus: 404 }
) {
  override get message() {
    return "There is no such application."
  }
}

/** The caller waits for a decision already. */
export class ApplicationPending extends Schema.TaggedError<ApplicationPending>()(
  "ApplicationPending",
  {},
  { httpApiStatus: 409 }
) {
  override get message() {
    return "Your application is being looked at: wait for its decision."
  }
}

export class ApplicationDecided extends Schema.TaggedError<ApplicationDecided>()(
  "ApplicationDecided",
  { status: Schema.Literals(["approved", "rejected"]) },
  { httpApiStatus: 409 }
) {
  override get message() {
    return `This application was ${this.status} before.`
  }
}

/** Sellers are sellers, and administrators do not sell. */
export class CannotBecomeSeller extends Schema.TaggedError<CannotBecomeSeller>()(
  "CannotBecomeSeller",
  { reason: Schema.Literals(["seller", "admin"]) },
  { httpApiStatus: 409 }
) {
  override get message() {
    return this.reason === "seller" ? "This user is a seller already." : "Administrators do not sell."
  }
}

export class SellerNotFound extends Schema.TaggedError<SellerNotFound>()("SellerNotFound", {}, { httpApiStatus: 404 }) {
  override get message() {
    return "There is no such seller."
  }
}
