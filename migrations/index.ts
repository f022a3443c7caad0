import users from "./0001_users.ts"
import wilayas from "./0002_wilayas.ts"
import search from "./0003_search.ts"
import catalog from "./0004_catalog.ts"
import categories from "./0005_categories.ts"
import carts from "./0006_carts.ts"
import orders from "./0007_orders.ts"
import accounts from "./0008_accounts.ts"
import idempotency from "./0009_idempotency.ts"
import addresses from "./0010_addresses.ts"
import media from "./0011_media.ts"
import jobs from "./0012_jobs.ts"
import events from "./0013_events.ts"

/** Every migration, by name. Append only: one whose number is below the newest applied would never run. */
export const migrations = {
  "0001_users": users,
  "0002_wilayas": wilayas,
  "0003_search": search,
  "0004_catalog": catalog,
  "0005_categories": categories,
  "0006_carts": carts,
  "0007_orders": orders,
  "0008_accounts": accounts,
  "0009_idempotency": idempotency,
  "0010_addresses": addresses,
  "0011_media": media,
  "0012_jobs": jobs,
  "0013_events": events
}
