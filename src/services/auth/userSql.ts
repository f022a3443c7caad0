import { wilayaName } from "../delivery/wilayaSql.ts"
import { jsonOf } from "../json.ts"
import { Me } from "./model.ts"

/** What a profile shows that is no column of users u. */
export const personSources = {
  wilaya: wilayaName("u.wilaya_code"),
  is_active: "u.status = 'active' AND u.delete_after IS NULL"
}

/** The profile as its owner sees it, over users u. */
export const meJson = jsonOf(Me, "u", personSources)
