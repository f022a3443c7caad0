/** One of what a product is sold as. Without a price it has the product's. */
export interface DemoVariant {
  readonly options: Readonly<Record<string, string>>
  readonly price?: number
  readonly stock: number | null
}

/** Amounts are dinars. A null `stock` means that the shop does not track it, or that its variants have one each. */
export interface DemoProduct {
  readonly name: string
  readonly name_ar: string
  readonly description: string
  readonly description_ar?: string
  readonly category: string
  readonly brand?: string
  readonly price: number
  readonly original_price?: number
  readonly stock: number | null
  readonly variants?: ReadonlyArray<DemoVariant>
  readonly min_order_quantity?: number
  /** Index in `demoShops`. */
  readonly shop: 0 | 1 | 2 | 3 | 4 | 5
}
