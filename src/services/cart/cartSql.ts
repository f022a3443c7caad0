import { aggregated, jsonOf } from "../json.ts"
import { Cart, CartCount, CartItem, LineSeller } from "./model.ts"

const itemJson = jsonOf(CartItem, "i", {
  product_id: "p.id",
  slug: "p.slug",
  product_name: "p.name",
  product_name_ar: "p.name_ar",
  product_image: "p.image_url",
  product_price: "p.price",
  price_changed: "i.price_when_added <> p.price",
  subtotal: "i.quantity * p.price",
  stock: "p.stock",
  in_stock: `p.status = 'active' AND (p.stock IS NULL OR p.stock >= i.quantity) AND i.quantity >= p.min_order_quantity`,
  seller: jsonOf(LineSeller, "s", { id: "p.seller_id", full_name: "s.shop_name" })
})

const counts = { count: "coalesce(sum(i.quantity), 0)", items_count: "count(*)" }

/** A cart at today's prices, of the cart_items i, products p and sellers s that it aggregates. */
export const cartJson = jsonOf(Cart, "c", {
  ...counts,
  items: aggregated(itemJson, "i.id"),
  total: "coalesce(sum(i.quantity * p.price::numeric), 0)"
})

export const countJson = jsonOf(CartCount, "c", counts)
