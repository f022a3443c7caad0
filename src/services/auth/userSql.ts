/** How users are read: PostgreSQL writes them as wire JSON. */
import type { SqlClient } from "effect/sql"
import { utc } from "../sql.ts"
import type { UserId } from "./model.ts"

const me = `
  'id', id,
  'name', name,
  'email', email,
  'phone', phone,
  'avatar_url', avatar_url,
  'role', role,
  'tier', tier,
  'delete_after', ${utc("delete_after")},
  'created_at', ${utc("created_at")},
  'updated_at', ${utc("updated_at")}`

/** The profile as its owner sees it. */
export const meJson = (sql: SqlClient.SqlClient, id: UserId) => sql<{ readonly json: string }>`
  SELECT ${sql.literal(`json_build_object(${me})::text`)} AS json FROM users WHERE id = ${id}`
