import { script } from "./script.ts"

export default script([
  // A user's, or that of the guest who has the token.
  `CREATE TABLE carts (
    id uuid PRIMARY KEY,
    user_id uuid UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    token_hash bytea UNIQUE CHECK (octet_length(token_hash) = 32),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    CHECK (num_nonnulls(user_id, token_hash) = 1)
  )`,
  `CREATE INDEX carts_guests ON carts (updated_at) WHERE user_id IS NULL`,
  // price_when_added tells the customer that a price moved. What is no longer public is shown as it was when added.
  `CREATE TABLE cart_items (
    id uuid PRIMARY KEY,
    cart_id uuid NOT NULL REFERENCES carts (id) ON DELETE CASCADE,
    sku_id uuid NOT NULL REFERENCES skus (id) ON DELETE CASCADE,
    quantity int NOT NULL CHECK (quantity >= 1),
    product_name text NOT NULL,
    price_when_added bigint NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    UNIQUE (cart_id, sku_id)
  )`,
  `CREATE INDEX cart_items_sku ON cart_items (sku_id)`
])
