import { Schema } from "effect"
import { SellerCategory, UserId } from "../auth/model.ts"
import { Code, Instant, LongText, Phone, pageQuery, Text, WilayaCode } from "../model.ts"
import { shape } from "../shape.ts"

export const ApplicationStatus = Schema.Literals(["pending", "approved", "rejected"])
export type ApplicationStatus = typeof ApplicationStatus.Type

/** `16/00-0978323 B 10`: wilaya, branch, number, A for a person or B for a company, year. */
const registerPattern = /^(\d{2})[/-]?(\d{2})[/-]?(\d{7})([AB])(\d{2})$/

const readRegister = (plain: string) => {
  const parts = registerPattern.exec(
    plain
      .replace(/\./g, "")
      .toUpperCase()
      .replace(/^RC(N[°O])?:?/, "")
  )
  return parts === null ? undefined : `${parts[1]}/${parts[2]}-${parts[3]}${parts[4]}${parts[5]}`
}

/** The number of the trade register (registre du commerce). */
export const RegisterNumber = Code(readRegister, "Expected a trade register number such as 16/00-0978323B10")

const readTax = (plain: string) => /^(\d{15}|\d{20})$/.exec(plain.replace(/\./g, ""))?.[0]

/** The tax number (NIF): 15 digits, or 20 for a branch. */
export const TaxNumber = Code(readTax, "Expected a tax number (NIF) of 15 or 20 digits")

export const ApplyAsSeller = shape(
  "ApplyAsSeller",
  {
    seller_category: SellerCategory,
    full_name: Text(80),
    full_name_ar: Schema.optionalKey(Schema.NullOr(Text(80))),
    description: Schema.optionalKey(Schema.NullOr(LongText(1000))),
    phone: Phone,
    wilaya_code: WilayaCode,
    register_number: RegisterNumber,
    tax_number: Schema.optionalKey(Schema.NullOr(TaxNumber))
  },
  {
    seller_category: "grossiste",
    full_name: "Le Grenier de Sétif",
    description: "Huiles et épices en gros.",
    phone: "+213555123456",
    wilaya_code: 19,
    register_number: "19/00-0978323B10"
  }
)
export type ApplyAsSeller = typeof ApplyAsSeller.Type

export const SellerApplication = shape(
  "SellerApplication",
  {
    id: Schema.String,
    user_id: UserId,
    seller_category: SellerCategory,
    full_name: Schema.String,
    full_name_ar: Schema.NullOr(Schema.String),
    description: Schema.NullOr(Schema.String),
    phone: Schema.String,
    wilaya_code: Schema.Int,
    register_number: Schema.String,
    tax_number: Schema.NullOr(Schema.String),
    status: ApplicationStatus,
    reason: Schema.NullOr(Schema.String).annotate({ description: "Why it was rejected" }),
    decided_at: Schema.NullOr(Instant),
    created_at: Instant,
    updated_at: Instant
  },
  {
    id: "0199e0a4-7777-7000-8000-000000000080",
    user_id: "0199e0a4-5555-7000-8000-000000000060",
    seller_category: "grossiste",
    full_name: "Le Grenier de Sétif",
    full_name_ar: null,
    description: "Huiles et épices en gros.",
    phone: "+213555123456",
    wilaya_code: 19,
    register_number: "19/00-0978323B10",
    tax_number: null,
    status: "pending",
    reason: null,
    decided_at: null,
    created_at: "2026-01-31T10:00:00.000Z",
    updated_at: "2026-01-31T10:00:00.000Z"
  }
)
export type SellerApplication = typeof SellerApplication.Type

export const ListApplications = Schema.Struct({ ...pageQuery, status: Schema.optionalKey(ApplicationStatus) })
export type ListApplications = typeof ListApplications.Type

const Reason = LongText(500)

export const DecideApplication = shape(
  "DecideApplication",
  {
    decision: Schema.Literals(["approve", "reject"]),
    reason: Schema.optionalKey(
      Schema.NullOr(Reason).annotate({ description: "Needed to reject: the applicant reads it" })
    ),
    seller_category: Schema.optionalKey(
      SellerCategory.annotate({ description: "Another category than the one applied for" })
    )
  },
  { decision: "approve" }
)
export type DecideApplication = typeof DecideApplication.Type

/** Where a shop's logo is from now on. */
export const Logo = shape(
  "Logo",
  { avatar_url: Schema.NullOr(Schema.String) },
  {
    avatar_url: "https://media.example.dz/images/0199e0a4-cccc-7000-8000-0000000000c0/square-e4d909c290d0fb1c.webp"
  }
)
export type Logo = typeof Logo.Type

/** A shop as everybody sees it. */
export const Shop = shape(
  "Shop",
  {
    id: UserId,
    slug: Schema.String,
    full_name: Schema.String,
    full_name_ar: Schema.NullOr(Schema.String),
    description: Schema.NullOr(Schema.String),
    avatar_url: Schema.NullOr(Schema.String).annotate({ description: "The logo: a square of at most 400 pixels" }),
    wilaya: Schema.NullOr(Schema.String).annotate({ description: "Its French name" }),
    wilaya_code: Schema.NullOr(Schema.Int),
    seller_category: SellerCategory,
    is_verified: Schema.Boolean,
    rating: Schema.NullOr(Schema.Finite),
    products_count: Schema.Int.annotate({
      description: "Products on sale; 10,000 of them are counted, more than 1,000 every ten seconds"
    }),
    created_at: Instant
  },
  {
    id: "0199e0a4-0002-7000-8000-000000000020",
    slug: "le-grenier-de-setif",
    full_name: "Le Grenier de Sétif",
    full_name_ar: null,
    description: "Huiles, miels et figues de la région.",
    avatar_url: "https://media.example.dz/images/0199e0a4-cccc-7000-8000-0000000000c0/square-e4d909c290d0fb1c.webp",
    wilaya: "Sétif",
    wilaya_code: 19,
    seller_category: "grossiste",
    is_verified: true,
    rating: null,
    products_count: 42,
    created_at: "2026-01-31T10:00:00.000Z"
  }
)
export type Shop = typeof Shop.Type
