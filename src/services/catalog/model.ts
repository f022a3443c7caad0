import { Schema, Struct } from "effect"
import { SellerCategory, UserId } from "../auth/model.ts"
import { Dinars, Instant, NamedTexts, Total } from "../model.ts"
import { exampleOf, shape } from "../shape.ts"
import { ProductImage } from "./imageModel.ts"
import { PriceRange, Variant } from "./skuModel.ts"

export const ProductId = Schema.String.pipe(Schema.brand("ProductId"))
export type ProductId = typeof ProductId.Type

const named = { slug: Schema.String, name_fr: Schema.String, name_ar: Schema.String }

export const Subcategory = Schema.Struct({ id: Schema.String, ...named })
export const Category = shape(
  "Category",
  {
    id: Schema.String,
    ...named,
    children: Schema.Array(Subcategory)
  },
  {
    id: "0199e0a4-0001-7000-8000-000000000010",
    slug: "food",
    name_fr: "Alimentation",
    name_ar: "أغذية",
    children: []
  }
)
export type Category = typeof Category.Type

/** suspended: it was on sale when its shop was closed, and comes back with the shop. */
export const ProductStatus = Schema.Literals(["draft", "active", "archived", "suspended"])
export type ProductStatus = typeof ProductStatus.Type

export const Attributes = NamedTexts(500, 50, "attributes")

/** What a category is called beside its slug. */
export const CategoryLabels = Schema.Struct({ fr: Schema.String, ar: Schema.String })

export const ProductSeller = Schema.Struct({
  id: UserId,
  full_name: Schema.NullOr(Schema.String).annotate({ description: "The shop's name" }),
  seller_category: Schema.NullOr(SellerCategory)
})

/** The same on the product's own page. */
export const ShownSeller = Schema.Struct({
  ...ProductSeller.fields,
  avatar_url: Schema.NullOr(Schema.String).annotate({ description: "The shop's logo" }),
  rating: Schema.NullOr(Schema.Finite),
  is_verified: Schema.Boolean
})

export const ProductReel = Schema.Struct({
  id: Schema.String,
  video_url: Schema.String,
  thumbnail_url: Schema.NullOr(Schema.String),
  likes_count: Schema.Int,
  comments_count: Schema.Int,
  views_count: Schema.Int
})

/** What a list shows of a product. */
const summaryFields = {
  id: ProductId,
  slug: Schema.String,
  name: Schema.String,
  name_ar: Schema.NullOr(Schema.String),
  brand: Schema.NullOr(Schema.String),
  description: Schema.NullOr(Schema.String),
  price: Dinars.annotate({ description: "The lowest of its variants' prices" }),
  price_range: PriceRange,
  original_price: Schema.NullOr(Dinars),
  category: Schema.NullOr(Schema.String).annotate({ description: "A category's slug" }),
  category_labels: Schema.NullOr(CategoryLabels),
  product_type: Schema.NullOr(Schema.String),
  seller: ProductSeller,
  image_url: Schema.NullOr(Schema.String),
  thumbnail_url: Schema.NullOr(Schema.String),
  images: Schema.Array(ProductImage),
  stock: Schema.NullOr(Schema.Int).annotate({ description: "Of all its variants; null: not tracked" }),
  in_stock: Schema.Boolean,
  variants_count: Schema.Int,
  is_promo: Schema.Boolean,
  is_new: Schema.Boolean,
  min_order_quantity: Schema.Int,
  rating: Schema.NullOr(Schema.Finite),
  reviews_count: Schema.Int,
  sold_count: Schema.Int,
  viewers_count: Schema.Int,
  created_at: Instant,
  updated_at: Instant
}

const detailFields = {
  description_ar: Schema.NullOr(Schema.String),
  sku: Schema.NullOr(Schema.String).annotate({ description: "The seller's reference, where there is one variant" }),
  attributes: Schema.Record(Schema.String, Schema.String),
  benefits: Schema.Array(Schema.String),
  ingredients: Schema.NullOr(Schema.String),
  usage_instructions: Schema.NullOr(Schema.String),
  delivery_estimate: Schema.NullOr(Schema.String),
  shipping_info: Schema.NullOr(Schema.String),
  returns_info: Schema.NullOr(Schema.String),
  payment_info: Schema.NullOr(Schema.String),
  status: ProductStatus
}

const picture = exampleOf(ProductImage)
const seller = {
  id: "0199e0a4-0002-7000-8000-000000000020",
  full_name: "Le Grenier de Sétif",
  seller_category: "grossiste"
} as const

const summary: Schema.Struct<typeof summaryFields>["Encoded"] = {
  id: "0199e0a4-1c2d-7a31-9d2e-3f5b8a1c7e60",
  slug: "huile-d-olive-extra-vierge-5-l",
  name: "Huile d'olive extra vierge 5 L",
  name_ar: "زيت زيتون بكر ممتاز 5 ل",
  brand: "Tifra",
  description: "Première pression à froid, récolte de l'année.",
  price: 4500,
  price_range: { min: 4500, max: 4500 },
  original_price: 5200.5,
  category: "food",
  category_labels: { fr: "Alimentation", ar: "أغذية" },
  product_type: "Huile",
  seller,
  image_url: picture.image_url,
  thumbnail_url: picture.thumbnail_url,
  images: [picture],
  stock: 120,
  in_stock: true,
  variants_count: 1,
  is_promo: true,
  is_new: false,
  min_order_quantity: 1,
  rating: 4.6,
  reviews_count: 38,
  sold_count: 412,
  viewers_count: 0,
  created_at: "2026-01-31T10:00:00.000Z",
  updated_at: "2026-02-01T08:00:00.000Z"
}

const listable = { ...summaryFields, ...detailFields }

export const Product = shape(
  "Product",
  { ...listable, seller: ShownSeller, variants: Schema.Array(Variant), reels: Schema.Array(ProductReel) },
  {
    ...summary,
    description_ar: null,
    sku: "HO-5L",
    attributes: { volume: "5 L" },
    benefits: ["Riche en polyphénols"],
    ingredients: "Huile d'olive vierge extra",
    usage_instructions: null,
    delivery_estimate: "2 à 4 jours",
    shipping_info: null,
    returns_info: "Échange sous sept jours",
    payment_info: null,
    status: "active",
    seller: { ...seller, avatar_url: null, rating: null, is_verified: true },
    variants: [exampleOf(Variant)],
    reels: []
  }
)
export type Product = typeof Product.Type

/** A list's item: the summary, or exactly what `fields` asked for. */
export const ListedProduct = shape(
  "ListedProduct",
  { ...Struct.map(Schema.Struct(listable).fields, Schema.optionalKey), id: ProductId },
  summary
)
export type ListedProduct = typeof ListedProduct.Type
export type ProductField = keyof ListedProduct

/** A shop's own product, with what became of it. */
const figures = {
  views: Schema.Int,
  orders: Schema.Int.annotate({ description: "Orders of it that were delivered, and did not come back" }),
  revenue: Total.annotate({ description: "What those came to, in dinars" })
}

export const OwnProduct = shape(
  "OwnProduct",
  { ...ListedProduct.fields, ...Struct.map(Schema.Struct(figures).fields, Schema.optionalKey) },
  { ...summary, views: 0, orders: 12, revenue: 54_000 }
)
export type OwnProduct = typeof OwnProduct.Type
export type OwnProductField = keyof OwnProduct

const isField = (name: string): name is ProductField => Object.hasOwn(ListedProduct.fields, name)
const isOwnField = (name: string): name is OwnProductField => Object.hasOwn(OwnProduct.fields, name)

export const summaryFieldNames = Object.keys(summaryFields).filter(isField)
export const productFieldNames = Object.keys(ListedProduct.fields).filter(isField)
export const ownFieldNames = Object.keys(OwnProduct.fields).filter(isOwnField)

export const Removal = shape(
  "Removal",
  {
    id: ProductId,
    outcome: Schema.Literals(["deleted", "archived"]).annotate({
      description: "archived: it was ordered before, so its orders keep it"
    })
  },
  { id: exampleOf(Product).id, outcome: "deleted" }
)
export type Removal = typeof Removal.Type
