import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { AddressNotFound, TooManyAddresses } from "../../services/addresses/errors.ts"
import { Address, PutAddress } from "../../services/addresses/model.ts"
import { AccountClosed } from "../../services/auth/errors.ts"
import { ValidationFailed } from "../../services/errors.ts"
import { Deleted } from "../../services/model.ts"
import { SignedIn } from "../middleware/Authentication.ts"
import { dataOf, writtenOf } from "./envelope.ts"

const id = { id: Schema.String }

const listAddresses = HttpApiEndpoint.get("listAddresses", "/users/me/addresses", {
  success: dataOf(Schema.Array(Address))
}).annotate(OpenApi.Summary, "The caller's addresses, 20 at most: the default, then the newest first")

const getAddress = HttpApiEndpoint.get("getAddress", "/users/me/addresses/:id", {
  params: id,
  success: dataOf(Address),
  error: AddressNotFound
}).annotate(OpenApi.Summary, "One of them")

const putAddress = HttpApiEndpoint.put("putAddress", "/users/me/addresses/:id", {
  params: { id: Schema.String.annotate({ description: "A UUID that the client makes" }) },
  payload: PutAddress,
  success: writtenOf(Address),
  error: [AddressNotFound, TooManyAddresses, ValidationFailed, AccountClosed]
}).annotate(OpenApi.Summary, "Add an address (201) or replace it (200); the first one becomes the default")

const deleteAddress = HttpApiEndpoint.delete("deleteAddress", "/users/me/addresses/:id", {
  params: id,
  success: dataOf(Deleted),
  error: [AddressNotFound, AccountClosed]
}).annotate(OpenApi.Summary, "Delete an address; after the default, the newest one left becomes it")

export const AddressesApi = HttpApiGroup.make("addresses")
  .add(listAddresses, getAddress, putAddress, deleteAddress)
  .middleware(SignedIn)
  .annotate(OpenApi.Title, "Addresses")
