import { script } from "./script.ts"

export default script([
  // The client makes the id. Whoever has addresses has one default: the index forbids two, Addresses.ts none.
  `CREATE TABLE addresses (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    label text,
    recipient_name text NOT NULL,
    phone text NOT NULL,
    wilaya_code smallint NOT NULL REFERENCES wilayas (code),
    commune text NOT NULL,
    address text NOT NULL,
    notes text,
    is_default boolean NOT NULL DEFAULT false,
    created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
  )`,
  `CREATE INDEX addresses_user ON addresses (user_id, created_at DESC, id DESC)`,
  `CREATE UNIQUE INDEX addresses_default ON addresses (user_id) WHERE is_default`,

  // A token reaches one installation of the app, which is one user's at a time. device_id is the client's word, so it
  // tells apart the devices of one user and no more. platform: null when the client did not say.
  `CREATE TABLE push_tokens (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    push_token text NOT NULL UNIQUE,
    platform text CHECK (platform IN ('ios', 'android', 'web')),
    device_id text,
    name text,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    registered_at timestamptz(3) NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX push_tokens_user ON push_tokens (user_id)`,
  `CREATE UNIQUE INDEX push_tokens_device ON push_tokens (user_id, device_id) WHERE device_id IS NOT NULL`
])
