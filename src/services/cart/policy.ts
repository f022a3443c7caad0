/** Lines of a cart: as many as one order takes. */
export const maxLines = 100

/** How many of one product a line may hold. */
export const maxQuantity = 100_000

export type Offer = {
  readonly status: string
  readonly stock: number | null
  readonly min_order_quantity: number
}

export type Verdict = "available" | "not_on_sale" | "below_minimum" | "too_many" | "out_of_stock"

/** Whether this many of a product can be had now. */
export const judge = (offer: Offer, quantity: number): Verdict => {
  if (offer.status !== "active") return "not_on_sale"
  if (quantity > maxQuantity) return "too_many"
  if (quantity < offer.min_order_quantity) return "below_minimum"
  return offer.stock === null || offer.stock >= quantity ? "available" : "out_of_stock"
}
