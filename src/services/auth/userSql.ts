import { jsonOf } from "../json.ts"
import { Me } from "./model.ts"

/** The profile as its owner sees it, over users u. */
export const meJson = jsonOf(Me, "u")
