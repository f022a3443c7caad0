import { script } from "./script.ts"

export default script([
  // clerk_profile and clerk_updated_at (milliseconds) are the newest that Clerk told; what the user changed here stays
  // until Clerk tells something else. A deleted user's row stays as a tombstone, so that nobody comes back.
  // delete_after: the user asked to go, and may think again until then. erased_at: nothing personal is left.
  `ALTER TABLE users
    ADD COLUMN wilaya_code smallint REFERENCES wilayas (code),
    ADD COLUMN bio text,
    ADD COLUMN clerk_profile jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN clerk_updated_at bigint NOT NULL DEFAULT 0,
    ADD COLUMN delete_after timestamptz(3),
    ADD COLUMN erased_at timestamptz(3)`,
  // The address and the number that Clerk has verified to be the person's; what anybody writes into a profile is no more
  // than claimed. After a move both rows have it until Clerk has told of both.
  `ALTER TABLE users
    ADD COLUMN confirmed_email text GENERATED ALWAYS AS (lower(clerk_profile -> 'confirmed' ->> 'email')) STORED,
    ADD COLUMN confirmed_phone text GENERATED ALWAYS AS (clerk_profile -> 'confirmed' ->> 'phone') STORED`,
  `CREATE INDEX users_confirmed_email ON users (confirmed_email) WHERE confirmed_email IS NOT NULL`,
  `CREATE INDEX users_confirmed_phone ON users (confirmed_phone) WHERE confirmed_phone IS NOT NULL`,
  `CREATE INDEX users_newest ON users (created_at DESC, id DESC)`,
  `ALTER TABLE users ADD COLUMN search text NOT NULL GENERATED ALWAYS AS
    (zst_search(coalesce(full_name, '') || ' ' || coalesce(email, '') || ' ' || coalesce(phone, '') || ' ' || clerk_id)) STORED`,
  `CREATE INDEX users_search ON users USING gin (search gin_trgm_ops)`,
  `CREATE INDEX users_leaving ON users (delete_after) WHERE delete_after IS NOT NULL AND erased_at IS NULL`,

  `ALTER TABLE sellers ADD COLUMN status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended'))`,
  // What was on sale when its shop was closed; it comes back with the shop.
  `ALTER TABLE products DROP CONSTRAINT products_status_check,
    ADD CONSTRAINT products_status_check CHECK (status IN ('draft', 'active', 'archived', 'suspended'))`,

  `CREATE TABLE seller_applications (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    seller_category text NOT NULL CHECK (seller_category IN ('importateur', 'grossiste', 'fournisseur')),
    full_name text NOT NULL,
    full_name_ar text,
    description text,
    phone text NOT NULL,
    wilaya_code smallint NOT NULL REFERENCES wilayas (code),
    register_number text NOT NULL,
    tax_number text,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'rejected')),
    reason text,
    decided_by text,
    decided_at timestamptz(3),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now()
  )`,
  `CREATE UNIQUE INDEX seller_applications_open ON seller_applications (user_id) WHERE status = 'pending'`,
  `CREATE INDEX seller_applications_user ON seller_applications (user_id, created_at DESC, id DESC)`,
  `CREATE INDEX seller_applications_newest ON seller_applications (status, created_at DESC, id DESC)`,

  // Every write of an administrator, or of an operator at the command line (actor_id null), and what it changed. about: the
  // person whose subject it is, which may be gone by the time the person is.
  `CREATE TABLE audit_log (
    id uuid PRIMARY KEY,
    actor_id uuid REFERENCES users (id),
    actor text NOT NULL,
    action text NOT NULL,
    subject_type text NOT NULL,
    subject_id uuid NOT NULL,
    about uuid REFERENCES users (id),
    before jsonb,
    after jsonb,
    reason text,
    created_at timestamptz(3) NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX audit_log_newest ON audit_log (created_at DESC, id DESC)`,
  `CREATE INDEX audit_log_action ON audit_log (action, created_at DESC, id DESC)`,
  `CREATE INDEX audit_log_subject ON audit_log (subject_id, created_at DESC, id DESC)`,
  `CREATE INDEX audit_log_about ON audit_log (about) WHERE about IS NOT NULL`,
  `CREATE INDEX audit_log_actor ON audit_log (actor_id, created_at DESC, id DESC) WHERE actor_id IS NOT NULL`,

  // Messages of webhooks that took effect, kept for longer than their sender repeats them.
  `CREATE TABLE webhook_messages (
    id text PRIMARY KEY,
    received_at timestamptz(3) NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX webhook_messages_received ON webhook_messages (received_at)`
])
