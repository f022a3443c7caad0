/** What the mobile app was specified with: the fields that it reads of each thing, and their types. Data, and no code of ours. */

/**
 * A type: string, number, integer, boolean, time, strings (a list of them), or the words that are allowed, `a|b`; `?` after
 * it: may be null. An object is its fields, a list of objects `[fields]`, each of which has them.
 */
export type Fields = { readonly [name: string]: string | Fields | readonly [Fields] }

const categories = "importateur|grossiste|fournisseur"
const orderStates = "pending|confirmed|processing|shipped|delivered|cancelled|returned"

const image: Fields = { id: "string", image_url: "string", is_primary: "boolean", display_order: "integer" }

export const listedProduct: Fields = {
  id: "string",
  slug: "string",
  name: "string",
  brand: "string?",
  description: "string?",
  price: "number",
  original_price: "number?",
  category: "string?",
  product_type: "string?",
  in_stock: "boolean",
  is_new: "boolean",
  is_promo: "boolean",
  rating: "number?",
  viewers_count: "integer",
  images: [image],
  seller: { id: "string", full_name: "string", seller_category: categories },
  created_at: "time",
  updated_at: "time"
}

export const reel: Fields = {
  id: "string",
  video_url: "string",
  thumbnail_url: "string?",
  likes_count: "integer",
  comments_count: "integer",
  views_count: "integer"
}

export const product: Fields = {
  ...listedProduct,
  benefits: "strings",
  ingredients: "string?",
  usage_instructions: "string?",
  delivery_estimate: "string?",
  shipping_info: "string?",
  returns_info: "string?",
  payment_info: "string?",
  reels: [reel],
  seller: {
    id: "string",
    full_name: "string",
    seller_category: categories,
    avatar_url: "string?",
    rating: "number?",
    is_verified: "boolean"
  }
}

/** All that the app sends of a product; what it reads of it again has the same value. */
export const sentProduct = {
  name: "Huile d'olive",
  brand: "Tifra",
  description: "Première pression à froid",
  price: 4500.5,
  original_price: 5200,
  category: "food",
  product_type: "Huile",
  in_stock: true,
  is_new: true,
  is_promo: true,
  benefits: ["Riche en polyphénols"],
  ingredients: "Olives",
  usage_instructions: "À froid",
  delivery_estimate: "2 à 4 jours",
  shipping_info: "58 wilayas",
  returns_info: "Sept jours",
  payment_info: "À la livraison"
}

export const ownProduct: Fields = { ...listedProduct, views: "integer", orders: "integer", revenue: "number" }

export const orderItem: Fields = {
  id: "string",
  product_id: "string",
  product_name: "string",
  product_image: "string?",
  quantity: "integer",
  price: "number",
  subtotal: "number"
}

export const order: Fields = {
  id: "string",
  order_number: "string",
  user_id: "string?",
  seller_id: "string?",
  customer_name: "string",
  customer_email: "string?",
  customer_phone: "string",
  customer_address: "string?",
  customer_wilaya: "string?",
  total: "number",
  status: orderStates,
  payment_status: "pending|paid|failed|refunded",
  tracking_number: "string?",
  delivery_date: "time?",
  items_count: "integer",
  items: [orderItem],
  created_at: "time",
  updated_at: "time"
}

export const sentOrder = {
  customer_name: "Ahmed",
  customer_email: "ahmed@example.dz",
  customer_phone: "0555123456",
  customer_address: "12, rue Colonel Lotfi",
  customer_wilaya: "Alger",
  notes: "Sonner deux fois"
}

export const sellerOrder: Fields = {
  id: "string",
  order_number: "string",
  customer_name: "string",
  customer_phone: "string",
  total: "number",
  status: orderStates,
  items_count: "integer",
  created_at: "time"
}

export const cart: Fields = {
  items: [
    {
      id: "string",
      product_id: "string",
      product_name: "string",
      product_image: "string?",
      product_price: "number",
      quantity: "integer",
      subtotal: "number",
      in_stock: "boolean"
    }
  ],
  total: "number",
  items_count: "integer"
}

export const user: Fields = {
  id: "string",
  clerk_id: "string",
  email: "string?",
  full_name: "string?",
  avatar_url: "string?",
  phone: "string?",
  wilaya: "string?",
  bio: "string?",
  role: "customer|seller|freelancer|admin",
  seller_category: `${categories}?`,
  is_verified: "boolean",
  is_active: "boolean",
  created_at: "time"
}

export const sentProfile = { full_name: "Amina Benali", phone: "0555123456", wilaya: "سطيف", bio: "Épicière" }

export const pushToken: Fields = { push_token: "string", registered_at: "time" }

export const health: Fields = { status: "string", timestamp: "time", uptime: "number" }
export const root: Fields = { version: "string", endpoints: { docs: "string", health: "string" } }

export const pageMeta: Fields = {
  page: "integer",
  limit: "integer",
  total: "integer",
  total_pages: "integer",
  has_next: "boolean",
  has_prev: "boolean"
}

export const failure: Fields = { code: "string", message: "string" }

/** A status that says that something is there, and a code that the app acts on. */
export const codes = {
  outOfStock: [409, "OUT_OF_STOCK"],
  refusedStep: [409, "INVALID_STATUS_TRANSITION"],
  invalid: [422, "VALIDATION_FAILED"],
  spent: [429, "RATE_LIMIT_EXCEEDED"]
} as const

export const shortage: Fields = { product_id: "string", product_name: "string", available: "integer" }
export const faultyField: Fields = { field: "string", message: "string" }
