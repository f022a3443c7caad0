import type { SqlClient } from "effect/sql"
import type { UserId } from "../auth/model.ts"

/** A user's cart as wire JSON, at today's prices; an empty one when there is none. */
export const cartJson = (sql: SqlClient.SqlClient, owner: UserId) => sql<{ readonly json: string }>`
  SELECT json_build_object(
    'items', coalesce(json_agg(json_build_object(
      'id', i.id,
      'product_id', p.id,
      'slug', p.slug,
      'name', p.name,
      'name_ar', p.name_ar,
      'image_url', p.image_url,
      'price', round(p.price / 100.0, 2),
      'price_when_added', round(i.price_when_added / 100.0, 2),
      'price_changed', i.price_when_added <> p.price,
      'quantity', i.quantity,
      'line_total', round(i.quantity * p.price::numeric / 100, 2),
      'stock', p.stock,
      'available', p.status = 'active' AND (p.stock IS NULL OR p.stock >= i.quantity)
        AND i.quantity >= p.min_order_quantity,
      'seller', json_build_object('id', p.seller_id, 'shop_name', s.shop_name)
    ) ORDER BY i.id), '[]'),
    'count', coalesce(sum(i.quantity), 0),
    'items_count', count(*),
    'subtotal', round(coalesce(sum(i.quantity * p.price::numeric), 0) / 100, 2)
  )::text AS json
  FROM carts c
  JOIN cart_items i ON i.cart_id = c.id
  JOIN products p ON p.id = i.product_id
  LEFT JOIN sellers s ON s.id = p.seller_id
  WHERE c.user_id = ${owner}`
