import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { mediaRemove } from "../../src/services/media/jobKinds.ts"
import { Removals } from "../../src/services/media/Removals.ts"

/** Does now what is written down of objects that leave, whenever it is due. */
export const removalsDone = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const { remove } = yield* Removals
  const jobs = yield* sql<{ element: string }>`
    SELECT element FROM jobs WHERE queue_name = ${mediaRemove.name} AND state = 'pending'`
  for (const { element } of jobs) yield* remove(JSON.parse(element).keys)
}).pipe(Effect.orDie)
