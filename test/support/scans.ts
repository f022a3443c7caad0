import { Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"

/** What it reads of products when it is done. */
export const scansOf = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, statement: Statement.Statement<unknown>) {
  const [text, params] = statement.compile()
  const explained = sql.unsafe<Record<string, unknown>>(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, params)
  const [plan] = yield* explained.unprepared
  return rowsOf(plan?.["QUERY PLAN"])
})

type Node = { readonly [key: string]: unknown; readonly Plans?: ReadonlyArray<Node> }

/** Of all scans of products that there were: how many rows they found, and how many they read for nothing. */
const rowsOf = (plan: unknown) => {
  const scans: Array<string> = []
  let found = 0
  let removed = 0
  const visit = (node: Node) => {
    if (node["Relation Name"] === "products" && node.Alias !== "whole" && node["Actual Loops"] !== 0) {
      scans.push(String(node["Node Type"]))
      found += Number(node["Actual Rows"]) * Number(node["Actual Loops"])
      removed += Number(node["Rows Removed by Filter"] ?? 0) + Number(node["Rows Removed by Index Recheck"] ?? 0)
    }
    node.Plans?.forEach(visit)
  }
  for (const { Plan } of plan as ReadonlyArray<{ readonly Plan: Node }>) visit(Plan)
  return { found, removed, scans }
}
