import { Schema } from "effect"
import { Email, Instant, Phone, Text } from "../model.ts"

export const UserId = Schema.String.pipe(Schema.brand("UserId"))
export type UserId = typeof UserId.Type

export const Role = Schema.Literals(["customer", "seller", "freelancer", "admin"])
export type Role = typeof Role.Type

export const Tier = Schema.Literals(["importateur", "grossiste", "fournisseur"])
export type Tier = typeof Tier.Type

export const UserStatus = Schema.Literals(["active", "banned", "deleted"])
export type UserStatus = typeof UserStatus.Type

export const ShopStatus = Schema.Literals(["active", "suspended"])
export type ShopStatus = typeof ShopStatus.Type

/** Who makes a request: the row of our database behind a verified token. Role and tier come from nowhere else. */
export type Caller = {
  readonly id: UserId
  readonly role: Role
  readonly tier: Tier | null
}

/** The caller's own profile. */
export const Me = Schema.Struct({
  id: UserId,
  name: Schema.NullOr(Schema.String),
  email: Schema.NullOr(Schema.String),
  phone: Schema.NullOr(Schema.String),
  avatar_url: Schema.NullOr(Schema.String).annotate({ description: "A square of at most 400 pixels" }),
  role: Role,
  tier: Schema.NullOr(Tier),
  delete_after: Schema.NullOr(Instant).annotate({
    description: "When this account will be deleted, if its owner asked for that"
  }),
  created_at: Instant,
  updated_at: Instant
}).annotate({ identifier: "Me" })
export type Me = typeof Me.Type

export const UpdateMe = Schema.Struct({
  name: Schema.optionalKey(Text(120)),
  email: Schema.optionalKey(Schema.NullOr(Email)),
  phone: Schema.optionalKey(Schema.NullOr(Phone))
}).annotate({ identifier: "UpdateMe" })
export type UpdateMe = typeof UpdateMe.Type

/** What became of a webhook: taken in, taken in before, or about nothing that we follow. */
export const WebhookReceipt = Schema.Struct({ outcome: Schema.Literals(["taken", "repeated", "ignored"]) }).annotate({
  identifier: "WebhookReceipt"
})
export type WebhookReceipt = typeof WebhookReceipt.Type
