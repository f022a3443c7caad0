import { script } from "./script.ts"

export default script([
  // A picture or a video of somebody's. key: the original, kept for reprocessing; renditions: [{name, key, width, height,
  // content_type, size}]. upload_key: where a client puts a presigned upload before it is checked and copied away.
  `CREATE TABLE media (
    id uuid PRIMARY KEY,
    owner_id uuid NOT NULL REFERENCES users (id),
    kind text NOT NULL CHECK (kind IN ('image', 'video')),
    -- What is made of a picture.
    purpose text CHECK (purpose IN ('product', 'portrait')),
    CHECK ((kind = 'image') = (purpose IS NOT NULL)),
    status text NOT NULL CHECK (status IN ('uploading', 'processing', 'ready', 'failed')),
    error text,
    progress smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    upload_key text,
    key text,
    -- Who completes the upload, and which work may finish it.
    claimed_at timestamptz(3),
    work uuid,
    content_type text,
    size bigint CHECK (size >= 0),
    width int,
    height int,
    duration_ms int,
    renditions jsonb NOT NULL DEFAULT '[]',
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX media_owner ON media (owner_id, created_at DESC, id DESC)`,
  `CREATE INDEX media_unfinished ON media (owner_id) WHERE status IN ('uploading', 'processing')`,

  // One picture in one place; the row keeps what lists show, so that they need no join beyond this table.
  `CREATE TABLE product_images (
    id uuid PRIMARY KEY,
    product_id uuid NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    media_id uuid NOT NULL REFERENCES media (id),
    image_url text NOT NULL,
    thumbnail_url text NOT NULL,
    is_primary boolean NOT NULL DEFAULT false,
    display_order smallint NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now()
  )`,
  `CREATE UNIQUE INDEX product_images_primary ON product_images (product_id) WHERE is_primary`,
  `CREATE INDEX product_images_product ON product_images (product_id, display_order, id)`,
  `CREATE INDEX product_images_media ON product_images (media_id)`,
  // The primary picture and its addresses, copied: a list of products reads them without a join.
  `ALTER TABLE products ADD COLUMN image_media_id uuid REFERENCES media (id), ADD COLUMN image_url text, ADD COLUMN thumbnail_url text,
    ADD CONSTRAINT products_archived_picture CHECK (status <> 'archived' OR (image_media_id IS NULL AND image_url IS NULL AND thumbnail_url IS NULL))`,

  `ALTER TABLE skus ADD COLUMN image_id uuid REFERENCES product_images (id) ON DELETE SET NULL`,
  `CREATE INDEX skus_image ON skus (image_id) WHERE image_id IS NOT NULL`,
  `CREATE INDEX products_image ON products (image_media_id) WHERE image_media_id IS NOT NULL`,
  // The picture that a line copied the address of: it stays while the order does.
  `ALTER TABLE order_items ADD COLUMN media_id uuid REFERENCES media (id)`,
  `CREATE INDEX order_items_media ON order_items (media_id) WHERE media_id IS NOT NULL`,

  `ALTER TABLE users ADD COLUMN avatar_media_id uuid REFERENCES media (id), ADD COLUMN avatar_url text`,
  `CREATE INDEX users_avatar ON users (avatar_media_id) WHERE avatar_media_id IS NOT NULL`,
  `ALTER TABLE sellers ADD COLUMN avatar_media_id uuid REFERENCES media (id), ADD COLUMN avatar_url text`,
  `CREATE INDEX sellers_logo ON sellers (avatar_media_id) WHERE avatar_media_id IS NOT NULL`
])
