import { script } from "./script.ts"

export default script([
  `ALTER TABLE sellers ADD COLUMN rating numeric(3, 2)`,
  `CREATE TABLE categories (
    id uuid PRIMARY KEY,
    parent_id uuid REFERENCES categories (id),
    slug text NOT NULL UNIQUE,
    name_fr text NOT NULL,
    name_ar text NOT NULL,
    position int NOT NULL DEFAULT 0
  )`,
  // Money is integer centimes. stock NULL means untracked; is_promo and is_new NULL follow from the price and the age.
  // A product's address may not be that of the search, /products/search.
  `CREATE TABLE products (
    id uuid PRIMARY KEY,
    seller_id uuid NOT NULL REFERENCES users (id),
    category_id uuid REFERENCES categories (id),
    slug text NOT NULL UNIQUE CHECK (slug <> 'search'),
    name text NOT NULL,
    name_ar text,
    description text,
    description_ar text,
    brand text,
    sku text,
    product_type text,
    benefits text[] NOT NULL DEFAULT '{}',
    ingredients text,
    usage_instructions text,
    delivery_estimate text,
    shipping_info text,
    returns_info text,
    payment_info text,
    price bigint NOT NULL CHECK (price >= 0),
    original_price bigint CHECK (original_price > price),
    stock int CHECK (stock >= 0),
    min_order_quantity int NOT NULL DEFAULT 1 CHECK (min_order_quantity >= 1),
    attributes jsonb NOT NULL DEFAULT '{}',
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('draft', 'active', 'archived')),
    is_promo boolean,
    is_new boolean,
    sold_count int NOT NULL DEFAULT 0,
    viewers_count int NOT NULL DEFAULT 0,
    rating numeric(3, 2),
    reviews_count int NOT NULL DEFAULT 0,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    search text NOT NULL GENERATED ALWAYS AS
      (zst_fold(name || ' ' || coalesce(name_ar, '') || ' ' || coalesce(brand, '') || ' ' || coalesce(sku, ''))) STORED
  ) WITH (fillfactor = 90)`,
  // One index per public order, id last so that a keyset never ties. Stock is in none of them: selling stays a HOT update.
  `CREATE INDEX products_newest ON products (created_at DESC, id DESC) WHERE status = 'active'`,
  `CREATE INDEX products_price ON products (price, id) WHERE status = 'active'`,
  `CREATE INDEX products_popular ON products (sold_count DESC, id DESC) WHERE status = 'active'`,
  `CREATE INDEX products_rating ON products ((coalesce(rating, 0)) DESC, id DESC) WHERE status = 'active'`,
  `CREATE INDEX products_category_newest ON products (category_id, created_at DESC, id DESC) WHERE status = 'active'`,
  `CREATE INDEX products_category_price ON products (category_id, price, id) WHERE status = 'active'`,
  `CREATE INDEX products_seller ON products (seller_id, created_at DESC, id DESC)`,
  `CREATE INDEX products_brand ON products (lower(brand), created_at DESC, id DESC) WHERE status = 'active'`,
  `CREATE INDEX products_search ON products USING gin (search gin_trgm_ops)`
])
