import { Schema } from "effect"
import { Role, ShopStatus, Tier, UserId, UserStatus } from "../auth/model.ts"
import { Instant, pageQuery, Text } from "../model.ts"
import { shape } from "../shape.ts"

export const AccountShop = Schema.Struct({ shop_name: Schema.String, slug: Schema.String, status: ShopStatus })

/** A user as administrators see them. */
export const Account = shape(
  "Account",
  {
    id: UserId,
    clerk_id: Schema.String,
    name: Schema.NullOr(Schema.String),
    email: Schema.NullOr(Schema.String),
    phone: Schema.NullOr(Schema.String),
    role: Role,
    tier: Schema.NullOr(Tier),
    status: UserStatus,
    shop: Schema.NullOr(AccountShop),
    delete_after: Schema.NullOr(Instant),
    created_at: Instant,
    updated_at: Instant
  },
  {
    id: "0199e0a4-5555-7000-8000-000000000060",
    clerk_id: "user_2RfWKJREkjKbHZy0Wqa5qrHeAnb",
    name: "Amina Benali",
    email: "amina@example.dz",
    phone: "+213555123456",
    role: "seller",
    tier: "grossiste",
    status: "active",
    shop: { shop_name: "Le Grenier de Sétif", slug: "le-grenier-de-setif", status: "active" },
    delete_after: null,
    created_at: "2026-01-31T10:00:00.000Z",
    updated_at: "2026-01-31T10:00:00.000Z"
  }
)
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

export const UpdateAccount = shape(
  "UpdateAccount",
  {
    role: Schema.optionalKey(Role),
    tier: Schema.optionalKey(Tier.annotate({ description: "A seller's; needed to make somebody a seller" })),
    status: Schema.optionalKey(Schema.Literals(["active", "banned"])),
    shop_status: Schema.optionalKey(ShopStatus.annotate({ description: "suspended: the shop sells no more" })),
    reason: Schema.optionalKey(Schema.NullOr(Text(500)).annotate({ description: "For the audit log" }))
  },
  { status: "banned", reason: "Sold what was not theirs" }
)
export type UpdateAccount = typeof UpdateAccount.Type
