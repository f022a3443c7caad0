import { script } from "./script.ts"

export default script([
  // is_verified: an administrator approved the application as a seller.
  `CREATE TABLE users (
    id uuid PRIMARY KEY,
    clerk_id text NOT NULL UNIQUE,
    full_name text,
    email text,
    phone text,
    role text NOT NULL DEFAULT 'customer' CHECK (role IN ('customer', 'seller', 'freelancer', 'admin')),
    seller_category text CHECK (seller_category IN ('importateur', 'grossiste', 'fournisseur')),
    is_verified boolean NOT NULL DEFAULT false,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'banned', 'deleted')),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    CHECK ((role = 'seller') = (seller_category IS NOT NULL))
  )`,
  // A seller is a user with a shop: sellers.id is the user's id.
  `CREATE TABLE sellers (
    id uuid PRIMARY KEY REFERENCES users (id),
    full_name text NOT NULL,
    full_name_ar text,
    slug text NOT NULL UNIQUE CHECK (slug <> 'search'),
    description text,
    phone text,
    wilaya_code smallint,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now()
  )`
])
