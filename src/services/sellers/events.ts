import { Schema } from "effect"
import { Role, SellerCategory, UserId } from "../auth/model.ts"
import { eventType } from "../events/eventType.ts"

const Position = Schema.Struct({ role: Role, seller_category: Schema.NullOr(SellerCategory) })

/** Somebody's role, or their category as a seller: by an approved application or an administrator's decision. */
export const userRoleChanged = eventType({
  name: "user.role_changed",
  payload: Schema.Struct({ id: UserId, from: Position, to: Position })
})

/** A shop's id is its owner's. */
const shop = Schema.Struct({ id: UserId })

/** There is a new shop, or whoever had one applied for it again. */
export const shopOpened = eventType({ name: "shop.opened", payload: shop })

/** What administrators decide of a shop; that its owner is banned or leaves closes it as well, and is no event of it. */
export const shopSuspended = eventType({ name: "shop.suspended", payload: shop })
export const shopReinstated = eventType({ name: "shop.reinstated", payload: shop })
