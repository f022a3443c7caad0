import { Options } from "../catalog/skuModel.ts"
import { imageOf } from "../catalog/skuSql.ts"
import { aggregated, jsonOf, stored } from "../json.ts"
import { Cart, CartCount, CartItem, LineSeller } from "./model.ts"

/** What is no longer public is shown as it was when added: whoever edits a draft shows it to nobody. */
const isPublic = "p.status = 'active'"
const ifPublic = (now: string, otherwise = "NULL") => `CASE WHEN ${isPublic} THEN ${now} ELSE ${otherwise} END`
const price = ifPublic("coalesce(k.price, p.price)", "i.price_when_added")

const itemJson = jsonOf(CartItem, "i", {
  product_id: "p.id",
  sku_id: "k.id",
  options: stored(Options, ifPublic("k.options", "'{}'::jsonb")),
  slug: "p.slug",
  product_name: ifPublic("p.name", "i.product_name"),
  product_name_ar: ifPublic("p.name_ar"),
  product_image: ifPublic(`coalesce(${imageOf("k", "image_url")}, p.image_url)`),
  product_price: price,
  price_changed: `i.price_when_added <> ${price}`,
  subtotal: `i.quantity * ${price}`,
  stock: ifPublic("k.stock", "0"),
  in_stock: `NOT k.archived AND ${isPublic} AND (k.stock IS NULL OR k.stock >= i.quantity)
    AND i.quantity >= p.min_order_quantity`,
  seller: jsonOf(LineSeller, "s", { id: "p.seller_id" })
})

const counts = { count: "coalesce(sum(i.quantity), 0)", items_count: "count(*)" }

/** A cart at today's prices, of the cart_items i, skus k, products p and sellers s that it aggregates. */
export const cartJson = jsonOf(Cart, "c", {
  ...counts,
  items: aggregated(itemJson, "i.id"),
  total: `coalesce(sum(i.quantity * ${price}::numeric), 0)`
})

export const countJson = jsonOf(CartCount, "c", counts)
