import { script } from "./script.ts"

export default script([
  `CREATE TABLE users (
    id uuid PRIMARY KEY,
    clerk_id text NOT NULL UNIQUE,
    name text,
    email text,
    phone text,
    role text NOT NULL DEFAULT 'customer' CHECK (role IN ('customer', 'seller', 'freelancer', 'admin')),
    tier text CHECK (tier IN ('importateur', 'grossiste', 'fournisseur')),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'banned', 'deleted')),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    CHECK ((role = 'seller') = (tier IS NOT NULL))
  )`,
  // A seller is a user with a shop: sellers.id is the user's id.
  `CREATE TABLE sellers (
    id uuid PRIMARY KEY REFERENCES users (id),
    shop_name text NOT NULL,
    shop_name_ar text,
    slug text NOT NULL UNIQUE,
    description text,
    phone text,
    wilaya_code smallint,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now()
  )`
])
