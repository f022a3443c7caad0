/** How a stock moves: by deltas, each of them written down in the statement that does it. */
import type { SqlClient } from "effect/sql"
import type { Caller, UserId } from "../auth/model.ts"

type Sql = SqlClient.SqlClient

export type Mover = { readonly actor: "seller" | "admin"; readonly actor_id: UserId }

export const moverOf = ({ id, role }: Caller): Mover => ({ actor: role === "admin" ? "admin" : "seller", actor_id: id })

/** Sets the stock of a sku that this transaction has locked, as it was counted; null is no longer tracked. */
export const recount = (
  sql: Sql,
  sku: string,
  stock: number | null,
  reason: "opening" | "recount",
  { actor, actor_id }: Mover
) => sql`
  WITH before AS (
    SELECT s.id, p.seller_id, coalesce(s.stock, 0) AS stock FROM skus s JOIN products p ON p.id = s.product_id
    WHERE s.id = ${sku}
  ),
  counted AS (UPDATE skus SET stock = ${stock}::bigint WHERE id = ${sku})
  INSERT INTO stock_movements (id, seller_id, sku_id, delta, reason, actor, actor_id)
  SELECT uuidv7(), seller_id, id, coalesce(${stock}::bigint, 0) - stock, ${reason}, ${actor}, ${actor_id}::uuid
  FROM before WHERE stock <> coalesce(${stock}::bigint, 0)`

/** Over a sku k: its stock moved, and whoever asks where it went must find out. */
export const hasMoved = (sku: string) =>
  `EXISTS (SELECT FROM stock_movements m WHERE m.sku_id = ${sku}.id AND m.reason <> 'opening')`

/** Skus whose movements do not come to what there is of them: none, ever. */
export const wrongStocks = `
  SELECT s.id, s.stock, m.sum FROM skus s
  CROSS JOIN LATERAL (SELECT coalesce(sum(delta), 0)::bigint AS sum FROM stock_movements WHERE sku_id = s.id) m
  WHERE m.sum <> coalesce(s.stock, 0)`
