import { Schema } from "effect"
import { WilayaName } from "../delivery/model.ts"
import { Email, Instant, LongText, Phone, Text } from "../model.ts"
import { shape } from "../shape.ts"

export const UserId = Schema.String.pipe(Schema.brand("UserId"))
export type UserId = typeof UserId.Type

export const Role = Schema.Literals(["customer", "seller", "freelancer", "admin"])
export type Role = typeof Role.Type

export const SellerCategory = Schema.Literals(["importateur", "grossiste", "fournisseur"])
export type SellerCategory = typeof SellerCategory.Type

export const UserStatus = Schema.Literals(["active", "banned", "deleted"])
export type UserStatus = typeof UserStatus.Type

export const ShopStatus = Schema.Literals(["active", "suspended"])
export type ShopStatus = typeof ShopStatus.Type

/** Who makes a request: the row of our database behind a verified token. Role and seller category come from nowhere else. */
export type Caller = {
  readonly id: UserId
  readonly role: Role
  readonly seller_category: SellerCategory | null
}

/** What a person is to themselves and to administrators. */
export const personFields = {
  id: UserId,
  clerk_id: Schema.String,
  full_name: Schema.NullOr(Schema.String),
  email: Schema.NullOr(Schema.String),
  phone: Schema.NullOr(Schema.String),
  avatar_url: Schema.NullOr(Schema.String).annotate({ description: "A square of at most 400 pixels" }),
  wilaya: Schema.NullOr(Schema.String).annotate({ description: "Its French name" }),
  wilaya_code: Schema.NullOr(Schema.Int),
  bio: Schema.NullOr(Schema.String),
  role: Role,
  seller_category: Schema.NullOr(SellerCategory),
  is_verified: Schema.Boolean.annotate({ description: "An administrator approved the application as a seller" }),
  is_active: Schema.Boolean.annotate({ description: "Neither banned nor about to leave" })
}

/** The caller's own profile. */
export const Me = shape(
  "Me",
  {
    ...personFields,
    delete_after: Schema.NullOr(Instant).annotate({
      description: "When this account will be deleted, if its owner asked for that"
    }),
    created_at: Instant,
    updated_at: Instant
  },
  {
    id: "0199e0a4-5555-7000-8000-000000000060",
    clerk_id: "user_2RfWKJREkjKbHZy0Wqa5qrHeAnb",
    full_name: "Amina Benali",
    email: "amina@example.dz",
    phone: "+213555123456",
    avatar_url: "https://media.example.dz/images/0199e0a4-cccc-7000-8000-0000000000c0/square-e4d909c290d0fb1c.webp",
    wilaya: "Alger",
    wilaya_code: 16,
    bio: null,
    role: "customer",
    seller_category: null,
    is_verified: false,
    is_active: true,
    delete_after: null,
    created_at: "2026-01-31T10:00:00.000Z",
    updated_at: "2026-01-31T10:00:00.000Z"
  }
)
export type Me = typeof Me.Type

export const UpdateMe = shape(
  "UpdateMe",
  {
    full_name: Schema.optionalKey(Text(120)),
    email: Schema.optionalKey(Schema.NullOr(Email)),
    phone: Schema.optionalKey(Schema.NullOr(Phone)),
    wilaya: Schema.optionalKey(Schema.NullOr(WilayaName)),
    bio: Schema.optionalKey(Schema.NullOr(LongText(500)))
  },
  { full_name: "Amina Benali", phone: "0555123456", wilaya: "Alger" }
)
export type UpdateMe = typeof UpdateMe.Type

/** What became of a webhook: taken in, taken in before, or about nothing that we follow. */
export const WebhookReceipt = shape(
  "WebhookReceipt",
  { outcome: Schema.Literals(["taken", "repeated", "ignored"]) },
  { outcome: "taken" }
)
export type WebhookReceipt = typeof WebhookReceipt.Type
