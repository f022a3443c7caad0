import { Schema } from "effect"
import { personFields, Role, SellerCategory, ShopStatus, UserStatus } from "../auth/model.ts"
import { Instant, LongText, pageQuery, shown, Text } from "../model.ts"
import { shape } from "../shape.ts"

export const AccountShop = Schema.Struct({ full_name: Schema.String, slug: Schema.String, status: ShopStatus })

/** A user as administrators see them. */
export const Account = shape(
  "Account",
  {
    ...personFields,
    confirmed_email: Schema.NullOr(Schema.String).annotate({ description: "Clerk has verified that it is theirs" }),
    confirmed_phone: Schema.NullOr(Schema.String).annotate({ description: "Clerk has verified that it is theirs" }),
    status: UserStatus,
    shop: Schema.NullOr(AccountShop),
    delete_after: Schema.NullOr(Instant),
    created_at: Instant,
    updated_at: Instant
  },
  {
    id: "0199e0a4-5555-7000-8000-000000000060",
    clerk_id: "user_2RfWKJREkjKbHZy0Wqa5qrHeAnb",
    full_name: "Amina Benali",
    email: "amina@example.dz",
    phone: "+213555123456",
    confirmed_email: "amina@example.dz",
    confirmed_phone: null,
    avatar_url: null,
    wilaya: "Sétif",
    wilaya_code: 19,
    bio: null,
    role: "seller",
    seller_category: "grossiste",
    is_verified: true,
    is_active: true,
    status: "active",
    shop: { full_name: "Le Grenier de Sétif", slug: "le-grenier-de-setif", status: "active" },
    delete_after: null,
    created_at: "2026-01-31T10:00:00.000Z",
    updated_at: "2026-01-31T10:00:00.000Z"
  }
)
export type Account = typeof Account.Type

export const ListAccounts = Schema.Struct({
  ...pageQuery,
  search: Schema.optionalKey(shown(Text(100), "Amina", "Parts of a name, e-mail address, phone number or Clerk id")),
  role: Schema.optionalKey(Role),
  seller_category: Schema.optionalKey(SellerCategory),
  status: Schema.optionalKey(UserStatus),
  shop_status: Schema.optionalKey(ShopStatus)
})
export type ListAccounts = typeof ListAccounts.Type

export const UpdateAccount = shape(
  "UpdateAccount",
  {
    role: Schema.optionalKey(Role),
    seller_category: Schema.optionalKey(
      SellerCategory.annotate({ description: "A seller's; needed to make somebody a seller" })
    ),
    status: Schema.optionalKey(Schema.Literals(["active", "banned"])),
    shop_status: Schema.optionalKey(ShopStatus.annotate({ description: "suspended: the shop sells no more" })),
    reason: Schema.optionalKey(Schema.NullOr(LongText(500)).annotate({ description: "For the audit log" }))
  },
  { status: "banned", reason: "Sold what was not theirs" }
)
export type UpdateAccount = typeof UpdateAccount.Type
