import { Effect, Schema, Struct } from "effect"
import { SellerCategory, UserId } from "../auth/model.ts"
import { Dinars, DinarsFromString, Instant, pageQuery, Quantity, Text } from "../model.ts"
import { exampleOf, shape } from "../shape.ts"

export const ProductId = Schema.String.pipe(Schema.brand("ProductId"))
export type ProductId = typeof ProductId.Type

const CategoryLabels = { slug: Schema.String, name_fr: Schema.String, name_ar: Schema.String }

export const Subcategory = Schema.Struct({ id: Schema.String, ...CategoryLabels })
export const Category = shape(
  "Category",
  {
    id: Schema.String,
    ...CategoryLabels,
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

export const Attributes = Schema.Record(
  Schema.String.check(Schema.isMaxLength(60, { message: "Expected a name of at most 60 characters" })),
  Text(500)
).check(Schema.isMaxProperties(50, { message: "Expected at most 50 attributes" }))

export const ProductSeller = Schema.Struct({
  id: UserId,
  full_name: Schema.NullOr(Schema.String),
  seller_category: Schema.NullOr(SellerCategory)
})

/** Positions count from 0. */
export const maxImages = 10

export const ProductImage = shape(
  "ProductImage",
  {
    id: Schema.String,
    image_url: Schema.String.annotate({ description: "At most 1080 pixels on the longest side" }),
    thumbnail_url: Schema.String.annotate({ description: "At most 400 pixels on the longest side" }),
    is_primary: Schema.Boolean.annotate({ description: "The one that lists show" }),
    display_order: Schema.Int
  },
  {
    id: "0199e0a4-bbbb-7000-8000-0000000000b0",
    image_url: "https://media.example.dz/images/0199e0a4-aaaa-7000-8000-0000000000a0/large-5d41402abc4b2a76.webp",
    thumbnail_url:
      "https://media.example.dz/images/0199e0a4-aaaa-7000-8000-0000000000a0/thumbnail-7d793037a0760186.webp",
    is_primary: true,
    display_order: 0
  }
)
export type ProductImage = typeof ProductImage.Type

export const UpdateProductImage = shape(
  "UpdateProductImage",
  {
    display_order: Schema.optionalKey(
      Schema.Int.annotate({ message: "Expected a whole number" })
        .check(Schema.isBetween({ minimum: 0, maximum: maxImages - 1 }, { message: "Expected a place from 0 to 9" }))
        .annotate({ description: "Its place from 0; the others make room" })
    ),
    is_primary: Schema.optionalKey(Schema.Boolean)
  },
  { display_order: 0, is_primary: true }
)
export type UpdateProductImage = typeof UpdateProductImage.Type

/** What a list shows of a product. */
const summaryFields = {
  id: ProductId,
  slug: Schema.String,
  name: Schema.String,
  name_ar: Schema.NullOr(Schema.String),
  price: Dinars,
  old_price: Schema.NullOr(Dinars),
  brand: Schema.NullOr(Schema.String),
  category: Schema.NullOr(Subcategory),
  seller: ProductSeller,
  image_url: Schema.NullOr(Schema.String),
  thumbnail_url: Schema.NullOr(Schema.String),
  stock: Schema.NullOr(Schema.Int),
  in_stock: Schema.Boolean,
  is_promo: Schema.Boolean,
  is_new: Schema.Boolean,
  min_order_quantity: Schema.Int,
  rating: Schema.NullOr(Schema.Finite),
  reviews_count: Schema.Int,
  sold_count: Schema.Int,
  created_at: Instant
}

const detailFields = {
  description: Schema.NullOr(Schema.String),
  description_ar: Schema.NullOr(Schema.String),
  sku: Schema.NullOr(Schema.String),
  attributes: Schema.Record(Schema.String, Schema.String),
  status: ProductStatus,
  updated_at: Instant,
  images: Schema.Array(ProductImage)
}

const picture = exampleOf(ProductImage)

const summary: Schema.Struct<typeof summaryFields>["Encoded"] = {
  id: "0199e0a4-1c2d-7a31-9d2e-3f5b8a1c7e60",
  slug: "huile-d-olive-extra-vierge-5-l",
  name: "Huile d'olive extra vierge 5 L",
  name_ar: "زيت زيتون بكر ممتاز 5 ل",
  price: 4500,
  old_price: 5200.5,
  brand: "Tifra",
  category: { id: "0199e0a4-0001-7000-8000-000000000010", slug: "food", name_fr: "Alimentation", name_ar: "أغذية" },
  seller: {
    id: "0199e0a4-0002-7000-8000-000000000020",
    full_name: "Le Grenier de Sétif",
    seller_category: "grossiste"
  },
  image_url: picture.image_url,
  thumbnail_url: picture.thumbnail_url,
  stock: 120,
  in_stock: true,
  is_promo: true,
  is_new: false,
  min_order_quantity: 1,
  rating: 4.6,
  reviews_count: 38,
  sold_count: 412,
  created_at: "2026-01-31T10:00:00.000Z"
}

export const Product = shape(
  "Product",
  { ...summaryFields, ...detailFields },
  {
    ...summary,
    description: "Première pression à froid, récolte de l'année.",
    description_ar: null,
    sku: "HO-5L",
    attributes: { volume: "5 L" },
    status: "active",
    updated_at: "2026-02-01T08:00:00.000Z",
    images: [picture]
  }
)
export type Product = typeof Product.Type

export type ProductField = keyof typeof Product.fields
const isProductField = (name: string): name is ProductField => Object.hasOwn(Product.fields, name)

export const summaryFieldNames = Object.keys(summaryFields).filter(isProductField)
export const productFieldNames = Object.keys(Product.fields).filter(isProductField)

/** A list's item: the summary, or exactly what `fields` asked for. */
export const ListedProduct = shape(
  "ListedProduct",
  { ...Struct.map(Product.fields, Schema.optionalKey), id: ProductId },
  summary
)
export type ListedProduct = typeof ListedProduct.Type

const writable = {
  name_ar: Schema.optionalKey(Schema.NullOr(Text(200))),
  description: Schema.optionalKey(Schema.NullOr(Text(5000))),
  description_ar: Schema.optionalKey(Schema.NullOr(Text(5000))),
  category: Schema.optionalKey(Schema.NullOr(Text(80)).annotate({ description: "A category's slug or id" })),
  brand: Schema.optionalKey(Schema.NullOr(Text(80))),
  sku: Schema.optionalKey(Schema.NullOr(Text(80))),
  old_price: Schema.optionalKey(Schema.NullOr(Dinars).annotate({ description: "The price before the discount" })),
  stock: Schema.optionalKey(
    Schema.NullOr(
      Schema.Int.annotate({ message: "Expected a whole number" }).check(
        Schema.isBetween({ minimum: 0, maximum: 1_000_000_000 }, { message: "Expected a whole number from 0" })
      )
    ).annotate({ description: "null: not tracked" })
  ),
  min_order_quantity: Schema.optionalKey(Quantity),
  attributes: Schema.optionalKey(Attributes),
  status: Schema.optionalKey(Schema.Literals(["draft", "active"]))
}

export const CreateProduct = shape(
  "CreateProduct",
  {
    name: Text(200),
    price: Dinars,
    ...writable,
    seller_id: Schema.optionalKey(
      Schema.String.check(Schema.isUUID()).annotate({ description: "Whose shop; for administrators only" })
    )
  },
  { name: "Test Product", price: 1000 }
)
export type CreateProduct = typeof CreateProduct.Type

export const UpdateProduct = shape(
  "UpdateProduct",
  {
    name: Schema.optionalKey(Text(200)),
    price: Schema.optionalKey(Dinars),
    ...writable
  },
  { price: 950.5, old_price: 1200, stock: 40 }
)
export type UpdateProduct = typeof UpdateProduct.Type

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

export const ProductSort = Schema.Literals(["price", "-price", "created_at", "-created_at", "popular", "rating"])
export type ProductSort = typeof ProductSort.Type

const Flag = Schema.Literals(["true", "false"])
const Name = Text(200)

const filters = {
  category: Schema.optionalKey(Name.annotate({ description: "Slug or id; its children are included" })),
  brand: Schema.optionalKey(Name),
  min_price: Schema.optionalKey(DinarsFromString),
  max_price: Schema.optionalKey(DinarsFromString),
  in_stock: Schema.optionalKey(Flag),
  is_promo: Schema.optionalKey(Flag),
  is_new: Schema.optionalKey(Flag),
  search: Schema.optionalKey(Text(100)),
  sort: ProductSort.pipe(Schema.withDecodingDefaultKey(Effect.succeed("-created_at" as const))),
  fields: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(500)))
}

export const ListProducts = Schema.Struct({
  ...pageQuery,
  ...filters,
  seller: Schema.optionalKey(Name.annotate({ description: "A seller's id" })),
  seller_category: Schema.optionalKey(SellerCategory)
})
export type ListProducts = typeof ListProducts.Type

export const ListOwnProducts = Schema.Struct({
  ...pageQuery,
  ...filters,
  status: Schema.optionalKey(ProductStatus)
})
export type ListOwnProducts = typeof ListOwnProducts.Type
