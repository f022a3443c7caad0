import { script } from "./script.ts"

export default script([
  `ALTER TABLE sellers ADD COLUMN rating numeric(3, 2)`,
  `CREATE TABLE categories (
    id uuid PRIMARY KEY,
    parent_id uuid REFERENCES categories (id),
    slug text NOT NULL UNIQUE CHECK (slug <> 'search'),
    name_fr text NOT NULL,
    name_ar text NOT NULL,
    position int NOT NULL DEFAULT 0
  )`,
  // Money is integer centimes. min_price, max_price and variants_count are those of what is for sale of
  // it, of its skus; prices: all of those, ascending, where there are several (of a hundred variants at most, as indexes
  // have them); in_stock: one of those can be had. seller_category is its owner's.
  // is_promo and is_new NULL follow from the price and the age.
  // An address may be no word that is a route: /products/search.
  `CREATE TABLE products (
    id uuid PRIMARY KEY,
    seller_id uuid NOT NULL REFERENCES users (id),
    seller_category text,
    category_id uuid REFERENCES categories (id),
    slug text NOT NULL UNIQUE CHECK (slug <> 'search'),
    name text NOT NULL,
    name_ar text,
    description text,
    description_ar text,
    brand text,
    brand_key text GENERATED ALWAYS AS (zst_fold(brand)) STORED,
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
    min_price bigint NOT NULL,
    max_price bigint NOT NULL,
    prices bigint[] CHECK ((prices IS NULL) = (min_price = max_price)),
    variants_count int NOT NULL DEFAULT 1,
    in_stock boolean NOT NULL DEFAULT false,
    min_order_quantity int NOT NULL DEFAULT 1 CHECK (min_order_quantity >= 1),
    attributes jsonb NOT NULL DEFAULT '{}',
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('draft', 'active', 'archived')),
    is_promo boolean,
    is_new boolean,
    -- Of what was delivered: pieces, orders, and what they came to.
    sold_count bigint NOT NULL DEFAULT 0,
    sold_orders bigint NOT NULL DEFAULT 0,
    revenue bigint NOT NULL DEFAULT 0,
    viewers_count int NOT NULL DEFAULT 0,
    rating numeric(3, 2),
    reviews_count int NOT NULL DEFAULT 0,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    search text NOT NULL DEFAULT ''
  ) WITH (fillfactor = 90)`,
  // Each word that a product on sale is called by, for what is not typed right, with how often. A job keeps it, so that
  // nobody fills it but by what is on sale.
  `CREATE TABLE product_words (word text PRIMARY KEY, products int NOT NULL)`,
  `CREATE INDEX product_words_like ON product_words USING gin (word gin_trgm_ops)`,
  // A product is found by its names and its brand, and by those of its category and of the one above.
  `CREATE FUNCTION zst_search_product() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.search := zst_search(concat_ws(' ', NEW.name, NEW.name_ar, NEW.brand, (
        SELECT concat_ws(' ', c.name_fr, c.name_ar, above.name_fr, above.name_ar)
        FROM categories c LEFT JOIN categories above ON above.id = c.parent_id WHERE c.id = NEW.category_id)));
      RETURN NEW;
    END
  $$`,
  `CREATE TRIGGER products_search BEFORE INSERT OR UPDATE OF name, name_ar, brand, category_id, search ON products
    FOR EACH ROW EXECUTE FUNCTION zst_search_product()`,
  `CREATE FUNCTION zst_search_category() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE products SET search = ''
      WHERE category_id = NEW.id OR category_id IN (SELECT id FROM categories WHERE parent_id = NEW.id);
      RETURN NULL;
    END
  $$`,
  `CREATE TRIGGER categories_search AFTER UPDATE OF name_fr, name_ar, parent_id ON categories
    FOR EACH ROW EXECUTE FUNCTION zst_search_category()`,
  // Whoever adds a product holds its owner; who changes an owner settles the products (ShopProducts.ts).
  `CREATE FUNCTION zst_product_tier() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.seller_category := (SELECT seller_category FROM users WHERE id = NEW.seller_id);
      RETURN NEW;
    END
  $$`,
  `CREATE TRIGGER products_tier BEFORE INSERT ON products FOR EACH ROW EXECUTE FUNCTION zst_product_tier()`,
  // What is bought: every product has one or more. price NULL is the product's, stock NULL means untracked. One that was
  // ordered is archived rather than deleted. Stock is in no index: selling stays a HOT update.
  `CREATE TABLE skus (
    id uuid PRIMARY KEY,
    product_id uuid NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    code text,
    code_search text GENERATED ALWAYS AS (zst_search(code)) STORED,
    options jsonb NOT NULL DEFAULT '{}',
    price bigint CHECK (price >= 0),
    stock bigint CHECK (stock >= 0),
    position smallint NOT NULL DEFAULT 0,
    archived boolean NOT NULL DEFAULT false,
    created_at timestamptz(3) NOT NULL DEFAULT now()
  ) WITH (fillfactor = 90)`,
  `CREATE FUNCTION zst_can_be_had(archived boolean, stock bigint) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN NOT archived AND coalesce(stock > 0, true)`,
  // A product is told when one of its skus sells out, or can be had again, and not when it merely sells. Of two that do so
  // at once the second sees what the first has done: it looks again once it holds the product.
  `CREATE FUNCTION zst_settle_in_stock() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      its uuid := coalesce(NEW.product_id, OLD.product_id);
    BEGIN
      PERFORM FROM products WHERE id = its FOR NO KEY UPDATE;
      UPDATE products p SET in_stock = NOT in_stock
      WHERE id = its AND in_stock <> EXISTS (SELECT FROM skus k WHERE k.product_id = its AND zst_can_be_had(k.archived, k.stock));
      RETURN NULL;
    END
  $$`,
  ...["INSERT", "DELETE"].map(
    (change) => `CREATE TRIGGER skus_in_stock_${change.toLowerCase()} AFTER ${change} ON skus FOR EACH ROW
      WHEN (zst_can_be_had(${change === "INSERT" ? "NEW" : "OLD"}.archived, ${change === "INSERT" ? "NEW" : "OLD"}.stock))
      EXECUTE FUNCTION zst_settle_in_stock()`
  ),
  `CREATE TRIGGER skus_in_stock_update AFTER UPDATE OF stock, archived ON skus FOR EACH ROW
    WHEN (zst_can_be_had(OLD.archived, OLD.stock) <> zst_can_be_had(NEW.archived, NEW.stock))
    EXECUTE FUNCTION zst_settle_in_stock()`,
  // For a statement that has locked these skus, and sees them itself as they were before it waited. The products that this
  // sells out of are locked in id order, after the skus.
  `CREATE FUNCTION zst_take_stock(taken uuid[], quantities int[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
    BEGIN
      IF cardinality(taken) > 1 THEN
        PERFORM FROM products WHERE id IN (
          SELECT k.product_id FROM unnest(taken, quantities) AS t (id, quantity) JOIN skus k ON k.id = t.id AND k.stock = t.quantity
        ) ORDER BY id FOR NO KEY UPDATE;
      END IF;
      FOR i IN 1..cardinality(taken) LOOP
        UPDATE skus SET stock = stock - quantities[i] WHERE id = taken[i];
      END LOOP;
    END
  $$`,
  `CREATE UNIQUE INDEX skus_options ON skus (product_id, options) WHERE NOT archived`,
  `CREATE INDEX skus_product ON skus (product_id, position, id)`,
  `CREATE INDEX skus_code ON skus (code) WHERE code IS NOT NULL`,
  // Append-only, and written by the statement that moves a stock: the deltas of a sku sum to coalesce(stock, 0).
  // reference: the seller_order that took it or gave it back. seller_id is the product's. A sku of which there is more than
  // its opening is never deleted.
  `CREATE TABLE stock_movements (
    id uuid PRIMARY KEY,
    seller_id uuid NOT NULL,
    sku_id uuid NOT NULL REFERENCES skus (id) ON DELETE CASCADE,
    delta bigint NOT NULL CHECK (delta <> 0),
    reason text NOT NULL
      CHECK (reason IN ('opening', 'order', 'cancel', 'return', 'adjust', 'recount', 'import')),
    reference uuid,
    actor text NOT NULL CHECK (actor IN ('customer', 'guest', 'seller', 'admin', 'system')),
    actor_id uuid REFERENCES users (id),
    note text,
    created_at timestamptz(3) NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX stock_movements_sku ON stock_movements (sku_id, created_at DESC, id DESC)`,
  `CREATE INDEX stock_movements_seller ON stock_movements (seller_id, created_at DESC, id DESC)`,
  `CREATE INDEX stock_movements_actor ON stock_movements (actor_id) WHERE note IS NOT NULL`,

  // One index per public order, and one for that of a category, id last so that a keyset never ties. Those of the lowest
  // price have all that a range of prices asks for, so that counting what is within it reads no row.
  `CREATE INDEX products_newest ON products (created_at DESC, id DESC) INCLUDE (min_price, max_price, prices) WHERE status = 'active'`,
  `CREATE INDEX products_price ON products (min_price, id) INCLUDE (max_price, prices)
    WHERE status = 'active'`,
  `CREATE INDEX products_ranged ON products (min_price, id) INCLUDE (max_price, prices)
    WHERE status = 'active' AND min_price < max_price`,
  `CREATE INDEX products_highest ON products (max_price, id) WHERE status = 'active'`,
  `CREATE INDEX products_popular ON products (sold_count DESC, id DESC) INCLUDE (min_price, max_price, prices) WHERE status = 'active'`,
  `CREATE INDEX products_rating ON products ((coalesce(rating, 0)) DESC, id DESC) INCLUDE (rating, min_price, max_price, prices) WHERE status = 'active'`,
  `CREATE INDEX products_category_newest ON products (category_id, created_at DESC, id DESC) INCLUDE (min_price, max_price, prices) WHERE status = 'active'`,
  `CREATE INDEX products_category_price ON products (category_id, min_price, id) INCLUDE (max_price, prices)
    WHERE status = 'active'`,
  `CREATE INDEX products_category_ranged ON products (category_id, min_price, id) INCLUDE (max_price, prices)
    WHERE status = 'active' AND min_price < max_price`,
  `CREATE INDEX products_category_highest ON products (category_id, max_price, id) WHERE status = 'active'`,
  `CREATE INDEX products_category_popular ON products (category_id, sold_count DESC, id DESC) INCLUDE (min_price, max_price, prices) WHERE status = 'active'`,
  `CREATE INDEX products_category_rating ON products (category_id, (coalesce(rating, 0)) DESC, id DESC) INCLUDE (rating, min_price, max_price, prices) WHERE status = 'active'`,
  `CREATE INDEX products_seller ON products (seller_id, created_at DESC, id DESC)`,
  `CREATE INDEX products_shop ON products (seller_id, created_at DESC, id DESC) INCLUDE (min_price, max_price, prices) WHERE status = 'active'`,
  `CREATE INDEX products_brand ON products (brand_key, created_at DESC, id DESC) WHERE status = 'active'`,
  // What few products have; most tiers, and what is in stock, are met soon enough in any order.
  `CREATE INDEX products_tier ON products (seller_category, created_at DESC, id DESC) WHERE status = 'active'`,
  `CREATE INDEX products_sold_out ON products (created_at DESC, id DESC) WHERE status = 'active' AND NOT in_stock`,
  `CREATE INDEX products_promo ON products (created_at DESC, id DESC)
    WHERE status = 'active' AND coalesce(is_promo, original_price IS NOT NULL AND original_price > min_price)`,
  // One product in 64, and one in 1024, by a hash of its id: how many pass a filter is told by these where they are many.
  `CREATE FUNCTION zst_in_sample(id uuid) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN uuid_hash_extended(id, 0) & 63 = 0`,
  `CREATE INDEX products_sample ON products (category_id, min_price)
    INCLUDE (id, max_price, prices, original_price, in_stock, seller_id, seller_category, brand_key, is_promo, is_new, created_at)
    WHERE status = 'active' AND zst_in_sample(id)`,
  `CREATE FUNCTION zst_in_small_sample(id uuid) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN uuid_hash_extended(id, 0) & 1023 = 0`,
  `CREATE INDEX products_small_sample ON products (category_id, min_price)
    INCLUDE (id, max_price, prices, original_price, in_stock, seller_id, seller_category, brand_key, is_promo, is_new, created_at)
    WHERE status = 'active' AND zst_in_small_sample(id)`,
  `CREATE INDEX products_search ON products USING gin (search gin_trgm_ops)`,
  // How many a search finds is told by those of the samples.
  ...["sample", "small_sample"].map(
    (name) => `CREATE INDEX products_search_${name} ON products USING gin (search gin_trgm_ops)
      WHERE status = 'active' AND zst_in_${name}(id)`
  )
])
