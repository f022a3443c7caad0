import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { jobHandler, jobKind } from "../jobs/Jobs.ts"
import { NoPayload } from "../jobs/schedule.ts"
import { patiently } from "../patience.ts"

export const wordsPrune = jobKind({
  name: "products.words",
  payload: NoPayload,
  timeLimit: "30 minutes",
  concurrency: 1
})

const used = `SELECT n.word FROM products p, unnest(string_to_array(btrim(p.search), ' ')) AS n (word)`

/** Drops words that no product has any more, and all but one of what several have written at once. */
export const pruneProductWords = (sql: SqlClient.SqlClient) => {
  const drop = sql`
    DELETE FROM product_words w
    WHERE NOT EXISTS (SELECT FROM (SELECT DISTINCT * FROM (${sql.literal(used)}) u) u WHERE u.word = w.word)
      OR EXISTS (SELECT FROM product_words other WHERE other.word = w.word AND other.ctid < w.ctid)`
  // A product of meanwhile has found its words there.
  const restore = sql`
    INSERT INTO product_words
    SELECT DISTINCT u.word FROM (${sql.literal(used)} WHERE p.updated_at > now() - interval '1 hour') u
    WHERE NOT EXISTS (SELECT FROM product_words known WHERE known.word = u.word)`
  return Effect.andThen(drop, restore).pipe(patiently(sql, "20 minutes"), Effect.asVoid, Effect.orDie)
}

export const pruneWords = Effect.map(SqlClient.SqlClient, (sql) => jobHandler(wordsPrune, () => pruneProductWords(sql)))
