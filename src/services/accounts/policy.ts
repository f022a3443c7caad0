/** What an administrator may make of an account. Pure: the service calls it, the tests read it as tables. */
import { Result } from "effect"
import type { Role, SellerCategory, ShopStatus, UserStatus } from "../auth/model.ts"
import { invalidField, type ValidationFailed } from "../errors.ts"
import type { UpdateAccount } from "./model.ts"

export type Standing = {
  readonly role: Role
  readonly seller_category: SellerCategory | null
  readonly status: UserStatus
  /** null: there is no shop. */
  readonly shop_status: ShopStatus | null
}

/** The standing after these changes, or the field that does not fit. Only sellers have a category, and each has one. */
export const standingAfter = (now: Standing, changes: UpdateAccount): Result.Result<Standing, ValidationFailed> => {
  const role = changes.role ?? now.role
  const seller_category = role === "seller" ? (changes.seller_category ?? now.seller_category) : null
  if (role === "seller" && seller_category === null)
    return Result.fail(invalidField("seller_category", "A seller needs a category"))
  if (role !== "seller" && changes.seller_category !== undefined) {
    return Result.fail(invalidField("seller_category", "Only sellers have a category"))
  }
  if (changes.shop_status !== undefined && now.shop_status === null && role !== "seller") {
    return Result.fail(invalidField("shop_status", "This user has no shop"))
  }
  const opened = role === "seller" ? (now.shop_status ?? "active") : now.shop_status
  const shop_status = changes.shop_status ?? opened
  return Result.succeed({ role, seller_category, status: changes.status ?? now.status, shop_status })
}

/** Nobody takes from themselves what only an administrator can give back. */
export const harmsOneself = (now: Standing, after: Standing) =>
  (now.role === "admin" && after.role !== "admin") || (now.status === "active" && after.status !== "active")

export type Change = {
  readonly action: `user.${"role" | "ban" | "unban"}` | `shop.${"suspend" | "reinstate"}`
  readonly before: Readonly<Record<string, unknown>>
  readonly after: Readonly<Record<string, unknown>>
}

/** What happened, an entry for each thing that did. */
export const changesBetween = (now: Standing, after: Standing): ReadonlyArray<Change> => {
  const changes: Array<Change> = []
  if (now.role !== after.role || now.seller_category !== after.seller_category) {
    changes.push({
      action: "user.role",
      before: { role: now.role, seller_category: now.seller_category },
      after: { role: after.role, seller_category: after.seller_category }
    })
  }
  if (now.status !== after.status) {
    changes.push({
      action: after.status === "banned" ? "user.ban" : "user.unban",
      before: { status: now.status },
      after: { status: after.status }
    })
  }
  // A shop that opens with its owner's new role is no decision of its own.
  if (now.shop_status !== after.shop_status && now.shop_status !== null) {
    changes.push({
      action: after.shop_status === "suspended" ? "shop.suspend" : "shop.reinstate",
      before: { shop_status: now.shop_status },
      after: { shop_status: after.shop_status }
    })
  }
  return changes
}
