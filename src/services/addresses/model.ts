import { Schema } from "effect"
import { Instant, LongText, Phone, Text, WilayaCode } from "../model.ts"
import { shape } from "../shape.ts"

export const AddressId = Schema.String.pipe(Schema.brand("AddressId"))
export type AddressId = typeof AddressId.Type

export const maxAddresses = 20

/** Where a user has things delivered. */
export const Address = shape(
  "Address",
  {
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
  },
  {
    id: "0199e0a4-7777-7000-8000-000000000080",
    label: "Maison",
    recipient_name: "Amina Benali",
    phone: "+213555123456",
    wilaya_code: 16,
    commune: "Bab El Oued",
    address: "12, rue Colonel Lotfi, 3e étage",
    notes: null,
    is_default: true,
    created_at: "2026-01-31T10:00:00.000Z",
    updated_at: "2026-01-31T10:00:00.000Z"
  }
)
export type Address = typeof Address.Type

/** Texts are as long as an order takes them. */
export const PutAddress = shape(
  "PutAddress",
  {
    label: Schema.optionalKey(Schema.NullOr(Text(60))),
    recipient_name: Text(120),
    phone: Phone,
    wilaya_code: WilayaCode,
    commune: Text(120),
    address: LongText(500),
    notes: Schema.optionalKey(Schema.NullOr(LongText(1000))),
    is_default: Schema.optionalKey(
      Schema.Boolean.annotate({
        description: "true takes it from the address that has it, false gives it to the newest other; else it stays"
      })
    )
  },
  {
    label: "Maison",
    recipient_name: "Amina Benali",
    phone: "0555123456",
    wilaya_code: 16,
    commune: "Bab El Oued",
    address: "12, rue Colonel Lotfi, 3e étage",
    is_default: true
  }
)
export type PutAddress = typeof PutAddress.Type
