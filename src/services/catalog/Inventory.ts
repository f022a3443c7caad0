import { Context, Data, Effect, Layer, Predicate } from "effect"
import { SqlClient, type Statement } from "effect/sql"
import { Audit } from "../audit/Audit.ts"
import { ShopClosed } from "../auth/errors.ts"
import type { Caller, UserId } from "../auth/model.ts"
import { People } from "../auth/People.ts"
import { Forbidden, invalidField, type ValidationFailed } from "../errors.ts"
import { Events } from "../events/Events.ts"
import { jsonOf, stored } from "../json.ts"
import { makeList, type Page } from "../list.ts"
import { newestFirst } from "../rowOrder.ts"
import { sqlOrDie } from "../sql.ts"
import { type Encoded, readFirst } from "../wire.ts"
import { OutOfStock, SkuNotFound, type VariantRequired } from "./errors.ts"
import { productStocked } from "./events.ts"
import { Freshness } from "./Freshness.ts"
import { Adjustment, type AdjustStock, type ListMovements, StockMovement } from "./inventoryModel.ts"
import type { ProductId } from "./model.ts"
import { mayCreateProduct, mayEditProduct } from "./policy.ts"
import { maxStock, Options, type SkuId } from "./skuModel.ts"
import { moverOf } from "./stockSql.ts"
import { requireVariant } from "./variantRequired.ts"

type Known = { readonly id: SkuId; readonly product_id: ProductId; readonly seller_id: UserId }

type Held = {
  readonly stock: number | null
  readonly product_name: string
  readonly options: Options
}

/** It stands for another than the one that was waited for. */
class Moved extends Data.TaggedError("Moved") {}

export class Inventory extends Context.Service<
  Inventory,
  {
    /** Adds to a stock, or takes from it: broken, found, delivered. Never below nothing. */
    readonly adjust: (
      caller: Caller,
      input: AdjustStock
    ) => Effect.Effect<
      Encoded<Adjustment>,
      Forbidden | ShopClosed | SkuNotFound | VariantRequired | OutOfStock | ValidationFailed
    >
    /** How the stock of the caller's products moved, the newest first. */
    readonly movements: (
      caller: Caller,
      query: ListMovements
    ) => Effect.Effect<Page<StockMovement>, Forbidden | ValidationFailed>
  }
>()("zst/catalog/Inventory") {
  static readonly layer = Layer.effect(
    Inventory,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const people = yield* People
      const audit = yield* Audit
      const freshness = yield* Freshness
      const events = yield* Events
      const list = yield* makeList({
        name: "stock_movements",
        from: "stock_movements m",
        alias: "m",
        joins,
        uneven: true
      })

      const named = Effect.fnUntraced(function* (caller: Caller, { sku_id, product_id, code }: AdjustStock) {
        const conditions: Array<Statement.Fragment> = []
        if (sku_id !== undefined) conditions.push(sql`s.id = ${sku_id}`)
        if (product_id !== undefined) conditions.push(sql`s.product_id = ${product_id}`)
        // A reference is a shop's own word: another's is none.
        if (code !== undefined) conditions.push(sql`s.code = ${code} AND p.seller_id = ${caller.id}`)
        if (conditions.length === 0) return yield* invalidField("sku_id", "Give a sku_id, a product_id or a code")
        const found = yield* sql<Known>`
          SELECT s.id, s.product_id, p.seller_id FROM skus s JOIN products p ON p.id = s.product_id
          WHERE NOT s.archived AND p.status <> 'archived' AND ${sql.and(conditions)} LIMIT 2`
        const [sku, other] = found.filter(({ seller_id }) => mayEditProduct(caller, seller_id))
        if (sku === undefined) return yield* new SkuNotFound()
        if (other === undefined) return sku
        if (code !== undefined)
          return yield* invalidField("code", "Several variants have this reference: give a sku_id")
        yield* requireVariant(sql, [{ field: "sku_id", product_id: sku.product_id }])
        return yield* invalidField("sku_id", "This product has several variants: choose one")
      })

      /** What a product or a reference stands for is looked up again once it is held: it may be another by then. */
      const hold = Effect.fnUntraced(function* (caller: Caller, input: AdjustStock, { id }: Known) {
        const [sku] = yield* sql<Held>`
          SELECT s.stock, s.options, p.name AS product_name FROM skus s JOIN products p ON p.id = s.product_id
          WHERE s.id = ${id} AND NOT s.archived AND p.status <> 'archived' FOR NO KEY UPDATE OF s FOR KEY SHARE OF p`
        const isSure = input.product_id === undefined && input.code === undefined
        const now = isSure ? { id } : yield* named(caller, input)
        if (now.id !== id) return yield* new Moved()
        return sku ?? (yield* new SkuNotFound())
      })

      const written = (sku: SkuId, movement: string) =>
        readFirst(
          adjustmentJson,
          (json) =>
            sql`SELECT ${json} FROM stock_movements m ${sql.literal(joins)} WHERE m.id = ${movement} AND s.id = ${sku}`,
          () => Effect.die(`Movement ${movement} vanished`)
        )

      const adjust = Effect.fn("Inventory.adjust")(
        function* (caller: Caller, input: AdjustStock) {
          if (!mayCreateProduct(caller)) return yield* onlySellers
          const { quantity, reason } = input
          const known = yield* named(caller, input)
          const { id, product_id, seller_id } = known
          const held = yield* people.holdAll([caller.id, seller_id], "use")
          const isOpen = held.find((person) => person.id === seller_id)?.shop_open === true
          if (!isOpen && caller.role !== "admin") return yield* new ShopClosed()
          const editor = held.find((person) => person.id === caller.id && person.status === "active")
          if (editor === undefined || !mayEditProduct(editor, seller_id)) return yield* onlySellers
          const { stock, ...names } = yield* hold(caller, input, known)
          if (stock === null) return yield* invalidField("quantity", "This stock is not tracked: count it first")
          if (stock + quantity < 0) {
            const details = [{ product_id, sku_id: id, ...names, available: stock, requested: -quantity }]
            return yield* new OutOfStock({ details })
          }
          if (stock + quantity > maxStock) return yield* invalidField("quantity", "A stock is 1,000,000,000 at most")
          const { actor, actor_id } = moverOf(caller)
          const [movement] = yield* sql<{ id: string }>`
            WITH moved AS (UPDATE skus SET stock = ${stock + quantity} WHERE id = ${id})
            INSERT INTO stock_movements (id, seller_id, sku_id, delta, reason, actor, actor_id, note)
            VALUES (uuidv7(), ${seller_id}, ${id}, ${quantity}, 'adjust', ${actor}, ${actor_id}, ${reason}) RETURNING id`
          const moved = { id: product_id, seller_id, sku_id: id, stock: stock + quantity }
          yield* events.emit(productStocked, moved, { entity: product_id })
          if (caller.role === "admin") {
            yield* audit.record(
              { id: caller.id, name: "admin" },
              {
                action: "product.adjust",
                subject_id: product_id,
                about: seller_id,
                before: { sku_id: id, stock },
                after: { sku_id: id, stock: moved.stock },
                reason
              }
            )
          }
          yield* sql.afterCommit(freshness.changed)
          return yield* written(id, movement?.id ?? "")
        },
        sql.withTransaction,
        // From the beginning: whoever holds two takes them in the order of their ids.
        Effect.retry({ times: 5, while: Predicate.isTagged("Moved") }),
        Effect.catchTag("Moved", () => new SkuNotFound()),
        sqlOrDie
      )

      const movements = Effect.fn("Inventory.movements")(function* (caller: Caller, query: ListMovements) {
        if (caller.role !== "seller") return yield* onlySellers
        const { sku_id, product_id } = query
        return yield* list.page({
          query,
          order: newestFirst("m"),
          where: sql.and([
            sql`m.seller_id = ${caller.id}`,
            ...(sku_id === undefined ? [] : [sql`m.sku_id = ${sku_id}`]),
            ...(product_id === undefined
              ? []
              : [sql`m.sku_id IN (SELECT k.id FROM skus k WHERE k.product_id = ${product_id})`])
          ]),
          json: movementJson
        })
      })

      return Inventory.of({ adjust, movements })
    })
  )
}

const onlySellers = new Forbidden({ reason: "Only sellers have a stock." })

const joins = "JOIN skus s ON s.id = m.sku_id JOIN products p ON p.id = s.product_id"

const movementJson = jsonOf(StockMovement, "m", {
  product_id: "s.product_id",
  product_name: "p.name",
  code: "s.code",
  options: stored(Options, "s.options")
})

const adjustmentJson = jsonOf(Adjustment, "s", { sku_id: "s.id", movement: movementJson })
