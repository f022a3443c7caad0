import type { UpdateProductImage } from "./imageModel.ts"

type Placed = { readonly id: string; readonly is_primary: boolean }

export type Arrangement = {
  readonly order: ReadonlyArray<string>
  /** undefined: there are none. */
  readonly primary: string | undefined
}

/** A product's pictures after a change of one of them: places without gaps, and one primary, the first unless chosen. */
export const arranged = (
  images: ReadonlyArray<Placed>,
  change?: { readonly id: string } & UpdateProductImage
): Arrangement => {
  const order = images.map(({ id }) => id)
  if (change?.display_order !== undefined) {
    order.splice(order.indexOf(change.id), 1)
    order.splice(change.display_order, 0, change.id)
  }
  const chosen = change?.is_primary === true ? change.id : images.find(({ is_primary }) => is_primary)?.id
  return { order, primary: chosen ?? order[0] }
}
