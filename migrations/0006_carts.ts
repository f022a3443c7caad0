import { script } from "./script.ts"

export default script([
  `CREATE TABLE carts (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now()
  )`,
  // price_when_added tells the customer that a price moved; totals always come from products.price.
  `CREATE TABLE cart_items (
    id uuid PRIMARY KEY,
    cart_id uuid NOT NULL REFERENCES carts (id) ON DELETE CASCADE,
    product_id uuid NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    quantity int NOT NULL CHECK (quantity >= 1),
    price_when_added bigint NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    UNIQUE (cart_id, product_id)
  )`,
  `CREATE INDEX cart_items_product ON cart_items (product_id)`
])
