import { Schema } from "effect"
import { maxAddresses } from "./model.ts"

export class AddressNotFound extends Schema.TaggedError<AddressNotFound>()(
  "AddressNotFound",
  {},
  { httpApiStatus: 404 }
) {
  override get message() {
    return "This address does not exist."
  }
}

export class TooManyAddresses extends Schema.TaggedError<TooManyAddresses>()(
  "TooManyAddresses",
  {},
  { httpApiStatus: 409 }
) {
  override get message() {
    return `At most ${maxAddresses} addresses are kept: delete one, or replace one.`
  }
}
