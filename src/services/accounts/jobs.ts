import { Effect } from "effect"
import { jobHandler, jobKind } from "../jobs/Jobs.ts"
import { NoPayload } from "../jobs/schedule.ts"
import { Departures } from "./Departures.ts"

export const accountsPurge = jobKind({
  name: "accounts.purge",
  payload: NoPayload,
  timeLimit: "30 minutes",
  concurrency: 1
})

/** Erases the accounts whose deletion is due, as `zst users purge` does. */
export const purgeAccounts = Effect.map(Departures, (departures) =>
  jobHandler(
    accountsPurge,
    Effect.fnUntraced(function* () {
      const { erased, waiting, failed } = yield* departures.purge({ id: null, name: accountsPurge.name })
      if (erased > 0) yield* Effect.logInfo("accounts erased").pipe(Effect.annotateLogs({ erased, waiting }))
      if (failed > 0) return yield* Effect.die(`${failed} accounts could not be erased`)
    })
  )
)
