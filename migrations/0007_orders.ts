import { script } from "./script.ts"

const status = `CHECK (status IN ('pending', 'confirmed', 'processing', 'shipped', 'delivered', 'cancelled', 'returned'))`
const paymentStatus = `CHECK (payment_status IN ('pending', 'paid', 'failed', 'refunded'))`

export default script([
  // tracking_token_hash: SHA-256 of a guest's 128-bit token, which itself is never stored; null for a user's order.
  // customer_wilaya: its name on the day of the order, whatever a reform makes of its code. delivery_date: when the last
  // part arrived. Amounts are those of the parts that live (orders/money.ts).
  `CREATE TABLE orders (
    id uuid PRIMARY KEY,
    order_number text NOT NULL UNIQUE,
    user_id uuid REFERENCES users (id),
    tracking_token_hash bytea,
    customer_name text NOT NULL,
    customer_phone text NOT NULL,
    search text NOT NULL GENERATED ALWAYS AS
      (zst_search(order_number || ' ' || customer_name || ' ' || customer_phone)) STORED,
    customer_email text,
    customer_wilaya_code smallint REFERENCES wilayas (code),
    customer_wilaya text,
    commune text,
    customer_address text,
    notes text,
    status text NOT NULL DEFAULT 'pending' ${status},
    payment_method text NOT NULL DEFAULT 'cod' CHECK (payment_method IN ('cod', 'ccp', 'card', 'bank_transfer')),
    payment_status text NOT NULL DEFAULT 'pending' ${paymentStatus},
    subtotal bigint NOT NULL CHECK (subtotal >= 0),
    delivery_fee bigint NOT NULL DEFAULT 0 CHECK (delivery_fee >= 0),
    total bigint NOT NULL CHECK (total = subtotal + delivery_fee),
    delivery_date timestamptz(3),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX orders_user ON orders (user_id, created_at DESC, id DESC) WHERE user_id IS NOT NULL`,
  // A short list of new entries: no order is the one that sorts in thousands.
  `CREATE INDEX orders_search ON orders USING gin (search gin_trgm_ops) WITH (gin_pending_list_limit = 256)`,
  // Who made it is forgotten once it is closed.
  `CREATE INDEX orders_guest_known ON orders (updated_at)
    WHERE user_id IS NULL AND customer_phone <> '' AND status <> 'pending'`,
  // Whoever ordered without an account is found by their phone alone.
  `CREATE INDEX orders_guest_phone ON orders (customer_phone) WHERE user_id IS NULL AND customer_phone <> ''`,
  // What one seller fulfils of an order.
  `CREATE TABLE seller_orders (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    seller_id uuid NOT NULL REFERENCES users (id),
    status text NOT NULL DEFAULT 'pending' ${status},
    payment_status text NOT NULL DEFAULT 'pending' ${paymentStatus},
    subtotal bigint NOT NULL CHECK (subtotal >= 0),
    delivery_fee bigint NOT NULL DEFAULT 0 CHECK (delivery_fee >= 0),
    total bigint NOT NULL CHECK (total = subtotal + delivery_fee),
    tracking_number text,
    delivery_date timestamptz(3),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    UNIQUE (order_id, seller_id)
  )`,
  `CREATE INDEX seller_orders_seller ON seller_orders (seller_id, created_at DESC, id DESC)`,
  `CREATE INDEX seller_orders_seller_status ON seller_orders (seller_id, status, created_at DESC, id DESC)`,
  // Parts that wait for their shop, to expire.
  `CREATE INDEX seller_orders_waiting ON seller_orders (created_at) WHERE status = 'pending'`,
  // stock_taken: whether this line holds what it took of skus.stock; giving it back ends that, so it happens once.
  `CREATE TABLE order_items (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    seller_order_id uuid NOT NULL REFERENCES seller_orders (id) ON DELETE CASCADE,
    product_id uuid NOT NULL REFERENCES products (id),
    sku_id uuid NOT NULL REFERENCES skus (id),
    options jsonb NOT NULL DEFAULT '{}',
    product_name text NOT NULL,
    product_name_ar text,
    sku text,
    product_image text,
    price bigint NOT NULL CHECK (price >= 0),
    quantity int NOT NULL CHECK (quantity >= 1),
    stock_taken boolean NOT NULL
  )`,
  `CREATE INDEX order_items_order ON order_items (order_id)`,
  `CREATE INDEX order_items_seller_order ON order_items (seller_order_id)`,
  `CREATE INDEX order_items_product ON order_items (product_id)`,
  `CREATE INDEX order_items_sku ON order_items (sku_id)`,
  // The customer's timeline. data: which fields were edited, a tracking number. note: somebody's own words.
  `CREATE TABLE order_events (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    seller_order_id uuid REFERENCES seller_orders (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('placed', 'moved', 'edited', 'tracked', 'expired')),
    from_status text ${status.replaceAll("status IN", "from_status IN")},
    to_status text ${status.replaceAll("status IN", "to_status IN")},
    actor text NOT NULL CHECK (actor IN ('customer', 'guest', 'seller', 'admin', 'system')),
    actor_id uuid REFERENCES users (id),
    data jsonb NOT NULL DEFAULT '{}',
    note text,
    created_at timestamptz(3) NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX order_events_order ON order_events (order_id, created_at)`,
  `CREATE INDEX order_events_noted ON order_events (actor_id) WHERE note IS NOT NULL`
])
