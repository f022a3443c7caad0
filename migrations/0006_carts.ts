import { script } from "./script.ts"

export default script([
  `CREATE TABLE carts (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now()
  )`,
  // price_when_added tells the customer that a price moved; totals always come from today's.
  `CREATE TABLE cart_items (
    id uuid PRIMARY KEY,
    cart_id uuid NOT NULL REFERENCES carts (id) ON DELETE CASCADE,
    sku_id uuid NOT NULL REFERENCES skus (id) ON DELETE CASCADE,
    quantity int NOT NULL CHECK (quantity >= 1),
    price_when_added bigint NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    UNIQUE (cart_id, sku_id)
  )`,
  `CREATE INDEX cart_items_sku ON cart_items (sku_id)`
])
