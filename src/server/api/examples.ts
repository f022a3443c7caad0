/** What answers look like, by the schema that they hold. The contract tests decode each by its schema. */
const product = {
  id: "0199e0a4-1c2d-7a31-9d2e-3f5b8a1c7e60",
  slug: "huile-d-olive-extra-vierge-5-l",
  name: "Huile d'olive extra vierge 5 L",
  name_ar: "زيت زيتون بكر ممتاز 5 ل",
  price: 4500,
  old_price: 5200.5,
  brand: "Tifra",
  category: { id: "0199e0a4-0001-7000-8000-000000000010", slug: "food", name_fr: "Alimentation", name_ar: "أغذية" },
  seller: { id: "0199e0a4-0002-7000-8000-000000000020", shop_name: "Le Grenier de Sétif", tier: "grossiste" },
  image_url: "https://media.example.dz/images/0199e0a4-aaaa-7000-8000-0000000000a0/large-5d41402abc4b2a76.webp",
  thumbnail_url: "https://media.example.dz/images/0199e0a4-aaaa-7000-8000-0000000000a0/thumbnail-7d793037a0760186.webp",
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

const productImage = {
  id: "0199e0a4-bbbb-7000-8000-0000000000b0",
  image_url: product.image_url,
  thumbnail_url: product.thumbnail_url,
  is_primary: true,
  display_order: 0
}

const avatar = "https://media.example.dz/images/0199e0a4-cccc-7000-8000-0000000000c0/square-e4d909c290d0fb1c.webp"

const seller = { id: product.seller.id, shop_name: product.seller.shop_name }

const order = {
  id: "0199e0a4-2222-7000-8000-000000000030",
  number: "ZST-7KQ4MWX9",
  status: "pending",
  payment_status: "pending",
  payment_method: "cod",
  customer_name: "Ahmed",
  customer_phone: "+213555123456",
  customer_email: null,
  wilaya_code: 19,
  commune: "Sétif",
  address: "Cité 1000 logements, bt 12",
  notes: null,
  subtotal: 9000,
  delivery_fee: 0,
  total: 9000,
  items: [
    {
      id: "0199e0a4-3333-7000-8000-000000000040",
      product_id: product.id,
      seller_order_id: "0199e0a4-4444-7000-8000-000000000050",
      name: product.name,
      name_ar: product.name_ar,
      sku: null,
      image_url: product.image_url,
      price: 4500,
      quantity: 2,
      line_total: 9000
    }
  ],
  seller_orders: [
    {
      id: "0199e0a4-4444-7000-8000-000000000050",
      seller,
      status: "pending",
      payment_status: "pending",
      subtotal: 9000,
      delivery_fee: 0,
      total: 9000,
      tracking_number: null
    }
  ],
  created_at: "2026-02-01T09:30:00.000Z",
  updated_at: "2026-02-01T09:30:00.000Z"
}

const timeline = [
  { status: "pending", seller_order_id: null, actor: "guest", note: null, created_at: "2026-02-01T09:30:00.000Z" }
]

const { seller_orders: _parts, customer_email: _email, id: order_id, ...shared } = order
const sellerOrder = { ...shared, id: "0199e0a4-4444-7000-8000-000000000050", order_id, tracking_number: null }

const cart = {
  items: [
    {
      id: "0199e0a4-6666-7000-8000-000000000070",
      product_id: product.id,
      slug: product.slug,
      name: product.name,
      name_ar: product.name_ar,
      image_url: product.image_url,
      price: 4500,
      price_when_added: 4700,
      price_changed: true,
      quantity: 2,
      line_total: 9000,
      stock: 120,
      available: true,
      seller
    }
  ],
  count: 2,
  items_count: 1,
  subtotal: 9000
}

/** What somebody who wants to sell sends. */
export const sellerApplication = {
  tier: "grossiste",
  shop_name: "Le Grenier de Sétif",
  description: "Huiles et épices en gros.",
  phone: "+213555123456",
  wilaya_code: 19,
  register_number: "19/00-0978323B10"
}

const media = {
  id: "0199e0a4-aaaa-7000-8000-0000000000a0",
  kind: "video",
  status: "ready",
  progress: 100,
  error: null,
  content_type: "video/mp4",
  size: 4_200_000,
  width: 1080,
  height: 1920,
  duration_ms: 14_500,
  poster_url: "https://cdn.example.dz/videos/0199e0a4-aaaa-7000-8000-0000000000a0/poster-3f1c.jpg",
  renditions: [
    {
      name: "540p",
      url: "https://cdn.example.dz/videos/0199e0a4-aaaa-7000-8000-0000000000a0/540p-9b20.mp4",
      width: 540,
      height: 960
    }
  ],
  created_at: "2026-01-31T10:00:00.000Z",
  updated_at: "2026-01-31T10:00:09.000Z"
}

export const examples: Readonly<Record<string, unknown>> = {
  Product: {
    ...product,
    description: "Première pression à froid, récolte de l'année.",
    description_ar: null,
    sku: "HO-5L",
    attributes: { volume: "5 L" },
    status: "active",
    updated_at: "2026-02-01T08:00:00.000Z",
    images: [productImage]
  },
  ProductImage: productImage,
  Logo: { logo_url: avatar },
  ListedProduct: product,
  Category: { ...product.category, children: [] },
  Me: {
    id: "0199e0a4-5555-7000-8000-000000000060",
    name: "Amina Benali",
    email: "amina@example.dz",
    phone: "+213555123456",
    avatar_url: avatar,
    role: "customer",
    tier: null,
    delete_after: null,
    created_at: "2026-01-31T10:00:00.000Z",
    updated_at: "2026-01-31T10:00:00.000Z"
  },
  Account: {
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
  },
  SellerApplication: {
    id: "0199e0a4-7777-7000-8000-000000000080",
    user_id: "0199e0a4-5555-7000-8000-000000000060",
    ...sellerApplication,
    shop_name_ar: null,
    tax_number: null,
    status: "pending",
    reason: null,
    decided_at: null,
    created_at: "2026-01-31T10:00:00.000Z",
    updated_at: "2026-01-31T10:00:00.000Z"
  },
  AuditEntry: {
    id: "0199e0a4-8888-7000-8000-000000000090",
    actor: { id: "0199e0a4-9999-7000-8000-000000000091", name: "Karim" },
    action: "user.ban",
    subject_type: "user",
    subject_id: "0199e0a4-5555-7000-8000-000000000060",
    before: { status: "active" },
    after: { status: "banned" },
    reason: "Sold what was not theirs",
    created_at: "2026-01-31T10:00:00.000Z"
  },
  Address: {
    id: "0199e0a4-7777-7000-8000-000000000080",
    label: "Maison",
    recipient_name: "Amina Benali",
    phone: "+213555123456",
    wilaya_code: 16,
    commune: "Bab El Oued",
    address: "12, rue Colonel Lotfi, 3e étage",
    notes: null,
    is_default: true,
    created_at: "2026-01-31T10:00:00.000Z",
    updated_at: "2026-01-31T10:00:00.000Z"
  },
  PushToken: {
    id: "0199e0a4-8888-7000-8000-000000000090",
    token: "ExponentPushToken[3mKx0wQ9vT1uZyR8pLcB7a]",
    platform: "android",
    device_id: "6f1f5f1d2a10",
    name: "Galaxy A15",
    created_at: "2026-01-31T10:00:00.000Z",
    updated_at: "2026-01-31T10:00:00.000Z"
  },
  Deleted: { id: "0199e0a4-7777-7000-8000-000000000080", outcome: "deleted" },
  Shop: {
    id: product.seller.id,
    slug: "le-grenier-de-setif",
    shop_name: product.seller.shop_name,
    shop_name_ar: null,
    description: "Huiles, miels et figues de la région.",
    logo_url: avatar,
    wilaya_code: 19,
    tier: product.seller.tier,
    products_count: 42,
    created_at: "2026-01-31T10:00:00.000Z"
  },
  Wilaya: { code: 16, name_fr: "Alger", name_ar: "الجزائر", valid_from: "1984-02-04" },
  WebhookReceipt: { outcome: "taken" },
  Media: media,
  UploadRequest: {
    media: { ...media, status: "uploading", progress: 0, poster_url: null, renditions: [] },
    upload: {
      method: "PUT",
      url: "https://store.example.dz/uploads/0199e0a4-aaaa-7000-8000-0000000000a0/k3?signature=…",
      headers: { "content-type": "video/mp4", "content-length": "4200000" },
      expires_at: "2026-01-31T10:10:00.000Z"
    }
  },
  Removal: { id: product.id, outcome: "deleted" },
  Cart: cart,
  CartCount: { count: 2, items_count: 1 },
  ListedOrder: order,
  Order: { ...order, timeline },
  PlacedOrder: { ...order, timeline, tracking_token: "q3Zt0hT2RkWm8nYb5vXc1A" },
  ListedSellerOrder: sellerOrder,
  SellerOrder: { ...sellerOrder, timeline },
  PageMeta: {
    page: 1,
    limit: 20,
    total: 1,
    total_pages: 1,
    has_next: false,
    has_prev: false,
    next_cursor: null
  }
}
