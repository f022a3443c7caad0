import { Schema } from "effect"
import { Role, ShopStatus, Tier, UserId, UserStatus } from "../auth/model.ts"
import { Instant, pageQuery, Text } from "../model.ts"

/** A user as administrators see them. */
export const Account = Schema.Struct({
  id: UserId,
  clerk_id: Schema.String,
  name: Schema.NullOr(Schema.String),
  email: Schema.NullOr(Schema.String),
  phone: Schema.NullOr(Schema.String),
  role: Role,
  tier: Schema.NullOr(Tier),
  status: UserStatus,
  shop: Schema.NullOr(Schema.Struct({ shop_name: Schema.String, slug: Schema.String, status: ShopStatus })),
  delete_after: Schema.NullOr(Instant),
  created_at: Instant,
  updated_at: Instant
}).annotate({ identifier: "Account" })
export type Account = typeof Account.Type

export const ListAccounts = Schema.Struct({
  ...pageQuery,
  search: Schema.optionalKey(
    Text(100).annotate({ description: "Parts of a name, e-mail address, phone number or Clerk id" })
  ),
  role: Schema.optionalKey(Role),
  tier: Schema.optionalKey(Tier),
  status: Schema.optionalKey(UserStatus),
  shop_status: Schema.optionalKey(ShopStatus)
})
export type ListAccounts = typeof ListAccounts.Type

export const UpdateAccount = Schema.Struct({
  role: Schema.optionalKey(Role),
  tier: Schema.optionalKey(Tier.annotate({ description: "A seller's; needed to make somebody a seller" })),
  status: Schema.optionalKey(Schema.Literals(["active", "banned"])),
  shop_status: Schema.optionalKey(ShopStatus.annotate({ description: "suspended: the shop sells no more" })),
  reason: Schema.optionalKey(Schema.NullOr(Text(500)).annotate({ description: "For the audit log" }))
}).annotate({ identifier: "UpdateAccount" })
export type UpdateAccount = typeof UpdateAccount.Type
