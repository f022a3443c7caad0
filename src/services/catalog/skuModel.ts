import { Schema } from "effect"
import { Dinars, NamedTexts, Text, uuid } from "../model.ts"
import { shape } from "../shape.ts"

export const SkuId = Schema.String.pipe(Schema.brand("SkuId"))
export type SkuId = typeof SkuId.Type

/** What tells one variant of a product from the others: `{"taille": "M", "couleur": "noir"}`. */
export const Options = NamedTexts(60, 5, "options").check(
  Schema.makeFilter((options) => JSON.stringify(options).length <= 200, {
    message: "Expected options of at most 200 characters together"
  })
)
export type Options = typeof Options.Type

export const maxStock = 1_000_000_000

export const Stock = Schema.Int.annotate({ message: "Expected a whole number" }).check(
  Schema.isBetween({ minimum: 0, maximum: maxStock }, { message: "Expected a whole number from 0 to 1,000,000,000" })
)

export const PriceRange = Schema.Struct({ min: Dinars, max: Dinars })

/** What is bought of a product. */
export const Variant = shape(
  "Variant",
  {
    id: SkuId,
    code: Schema.NullOr(Schema.String).annotate({ description: "The seller's reference" }),
    options: Schema.Record(Schema.String, Schema.String),
    price: Dinars,
    stock: Schema.NullOr(Schema.Int).annotate({ description: "null: not tracked" }),
    in_stock: Schema.Boolean,
    image_url: Schema.NullOr(Schema.String)
  },
  {
    id: "0199e0a4-1c2d-7a31-9d2e-3f5b8a1c7e61",
    code: "HO-5L",
    options: { contenance: "5 L" },
    price: 4500,
    stock: 120,
    in_stock: true,
    image_url: null
  }
)

/** One to choose from. */
export const VariantChoice = Schema.Struct({
  sku_id: SkuId,
  options: Schema.Record(Schema.String, Schema.String),
  price: Schema.Finite,
  in_stock: Schema.Boolean
})
export type VariantChoice = typeof VariantChoice.Type

export const NewVariant = Schema.Struct({
  id: Schema.optionalKey(uuid().annotate({ description: "One that is there; else the one with these options" })),
  options: Schema.optionalKey(Options),
  code: Schema.optionalKey(Schema.NullOr(Text(80))),
  price: Schema.optionalKey(Schema.NullOr(Dinars).annotate({ description: "null: the product's" })),
  stock: Schema.optionalKey(
    Schema.NullOr(Stock).annotate({
      description: "null: not tracked. Of one that is there it is a recount, which needs If-Match; not sent, it stays"
    })
  ),
  image_id: Schema.optionalKey(Schema.NullOr(uuid()).annotate({ description: "A picture of the product" }))
})
export type NewVariant = typeof NewVariant.Type

const count = { message: "Expected 1 to 100 variants" }

export const SetVariants = shape(
  "SetVariants",
  {
    variants: Schema.Array(NewVariant)
      .check(Schema.isMinLength(1, count), Schema.isMaxLength(100, count))
      .annotate({ description: "All of them, in their order: what is left out is no longer for sale" })
  },
  {
    variants: [
      { options: { taille: "M", couleur: "noir" }, code: "TS-M-N", price: 1500, stock: 12 },
      { options: { taille: "L", couleur: "noir" }, code: "TS-L-N", price: null, stock: 4 }
    ]
  }
)
export type SetVariants = typeof SetVariants.Type
