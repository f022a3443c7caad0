import { Schema } from "effect"
import { Instant, LongText, pageQuery, shown, Text, uuid } from "../model.ts"
import { exampleOf, shape } from "../shape.ts"
import { Product, ProductId } from "./model.ts"
import { SkuId, Variant } from "./skuModel.ts"

export const StockReason = Schema.Literals(["opening", "order", "cancel", "return", "adjust", "recount", "import"])
export type StockReason = typeof StockReason.Type

export const StockMovement = shape(
  "StockMovement",
  {
    id: Schema.String,
    sku_id: SkuId,
    product_id: ProductId,
    product_name: Schema.String,
    code: Schema.NullOr(Schema.String),
    options: Schema.Record(Schema.String, Schema.String),
    delta: Schema.Int,
    reason: StockReason,
    reference: Schema.NullOr(Schema.String).annotate({ description: "The shop's order that took it or gave it back" }),
    actor: Schema.Literals(["customer", "guest", "seller", "admin", "system"]),
    note: Schema.NullOr(Schema.String),
    created_at: Instant
  },
  {
    id: "0199e0a4-dddd-7000-8000-0000000000d0",
    sku_id: exampleOf(Variant).id,
    product_id: exampleOf(Product).id,
    product_name: exampleOf(Product).name,
    code: "HO-5L",
    options: { contenance: "5 L" },
    delta: -3,
    reason: "adjust",
    reference: null,
    actor: "seller",
    note: "Trois bidons cassés",
    created_at: "2026-02-01T09:30:00.000Z"
  }
)
export type StockMovement = typeof StockMovement.Type

const amount = { message: "Expected a whole number from -1,000,000 to 1,000,000 that is not 0" }

export const AdjustStock = shape(
  "AdjustStock",
  {
    sku_id: Schema.optionalKey(uuid()),
    product_id: Schema.optionalKey(uuid().annotate({ description: "Of a product with one variant" })),
    code: Schema.optionalKey(Text(80).annotate({ description: "The seller's reference" })),
    quantity: Schema.Int.annotate(amount).check(
      Schema.isBetween({ minimum: -1_000_000, maximum: 1_000_000 }, amount),
      Schema.makeFilter<number>((quantity) => quantity !== 0, amount)
    ),
    reason: LongText(500)
  },
  { code: "HO-5L", quantity: -3, reason: "Trois bidons cassés" }
)
export type AdjustStock = typeof AdjustStock.Type

export const Adjustment = shape(
  "Adjustment",
  { sku_id: SkuId, product_id: ProductId, stock: Schema.Int, movement: StockMovement },
  {
    sku_id: exampleOf(StockMovement).sku_id,
    product_id: exampleOf(StockMovement).product_id,
    stock: 117,
    movement: exampleOf(StockMovement)
  }
)
export type Adjustment = typeof Adjustment.Type

export const ListMovements = Schema.Struct({
  ...pageQuery,
  sku_id: Schema.optionalKey(shown(uuid(), exampleOf(StockMovement).sku_id)),
  product_id: Schema.optionalKey(shown(uuid(), exampleOf(StockMovement).product_id))
})
export type ListMovements = typeof ListMovements.Type
