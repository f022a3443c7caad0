import type { Caller, UserId } from "../auth/model.ts"

/** Shops sell: an approved seller for itself, an administrator for any. */
export const mayCreateProduct = (caller: Caller) => caller.role === "seller" || caller.role === "admin"

export const mayEditProduct = (caller: Caller, sellerId: UserId) =>
  caller.role === "admin" || (caller.role === "seller" && caller.id === sellerId)

/** Drafts and archived products exist for their owner and for administrators alone. */
export const maySeeProduct = (
  caller: Caller | undefined,
  product: { readonly seller_id: UserId; readonly status: string }
) => product.status === "active" || (caller !== undefined && mayEditProduct(caller, product.seller_id))
