import { Schema } from "effect"
import { Instant, Phone, Text, WilayaCode } from "../model.ts"

export const AddressId = Schema.String.pipe(Schema.brand("AddressId"))
export type AddressId = typeof AddressId.Type

export const maxAddresses = 20

/** Where a user has things delivered. */
export const Address = Schema.Struct({
  id: AddressId,
  label: Schema.NullOr(Schema.String),
  recipient_name: Schema.String,
  phone: Schema.String,
  wilaya_code: Schema.Int,
  commune: Schema.String,
  address: Schema.String,
  notes: Schema.NullOr(Schema.String),
  is_default: Schema.Boolean,
  created_at: Instant,
  updated_at: Instant
}).annotate({ identifier: "Address" })
export type Address = typeof Address.Type

/** Texts are as long as an order takes them. */
export const PutAddress = Schema.Struct({
  label: Schema.optionalKey(Schema.NullOr(Text(60))),
  recipient_name: Text(120),
  phone: Phone,
  wilaya_code: WilayaCode,
  commune: Text(120),
  address: Text(500),
  notes: Schema.optionalKey(Schema.NullOr(Text(1000))),
  is_default: Schema.optionalKey(
    Schema.Boolean.annotate({
      description: "true takes it from the address that has it, false gives it to the newest other; else it stays"
    })
  )
}).annotate({ identifier: "PutAddress" })
export type PutAddress = typeof PutAddress.Type
