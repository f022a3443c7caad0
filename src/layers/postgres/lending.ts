import type { PgConnection, PgPool } from "@effect/sql-pg"
import { Effect } from "effect"
import { SqlError } from "effect/sql"
import { watched } from "./answered.ts"

const longestWait = 2000
const slowAfter = 50

const none = new SqlError.SqlError({
  reason: new SqlError.ConnectionError({
    cause: new Error("No connection came free in time"),
    message: "No connection came free in time",
    operation: "acquire"
  })
})

/** One use of a connection: it counts while it is quick. */
type Use = { counts: boolean; isUnderWay: boolean; slow: NodeJS.Timeout | undefined }

type Waiting = { readonly use: Use; readonly admit: () => void }

type Run<A> = (connection: PgConnection.PgConnection) => Effect.Effect<A, SqlError.SqlError>

type Options = {
  /** How many uses go on at once; whoever comes later waits in line, two seconds at most. */
  readonly most: number
  /** How many in all, with those that last: they wait for somebody's row, and the line need not wait for them. */
  readonly ceiling?: number
}

/** Lends the connections of a pool, which has as many as there may be uses. */
export const lending = (pool: PgPool.PgPool, { most, ceiling = most }: Options) => {
  const line = new Set<Waiting>()
  let quick = 0
  let all = 0

  const isFree = () => quick < most && all < ceiling

  const start = (use: Use) => {
    quick++
    all++
    use.counts = use.isUnderWay = true
    if (ceiling > most) use.slow = setTimeout(discount, slowAfter, use)
  }

  const discount = (use: Use) => {
    if (!use.counts) return
    use.counts = false
    quick--
    admit()
  }

  const admit = () => {
    for (const next of line) {
      if (!isFree()) return
      line.delete(next)
      start(next.use)
      next.admit()
    }
  }

  const begin = Effect.sync((): Use => ({ counts: false, isUnderWay: false, slow: undefined }))

  const endNow = (use: Use) => {
    if (!use.isUnderWay) return
    clearTimeout(use.slow)
    use.isUnderWay = false
    all--
    if (use.counts) discount(use)
    else admit()
  }

  const end = (use: Use) => Effect.sync(() => endNow(use))

  /** A place in line; what is returned gives it up. */
  const queue = (use: Use, onAdmitted: () => void, onOver: () => void) => {
    const place = {
      use,
      admit: () => {
        clearTimeout(timer)
        onAdmitted()
      }
    }
    const leave = () => {
      clearTimeout(timer)
      line.delete(place)
    }
    const timer = setTimeout(() => {
      leave()
      onOver()
    }, longestWait)
    line.add(place)
    return leave
  }

  const admitted = (use: Use) =>
    Effect.suspend(() => {
      if (isFree() && line.size === 0) {
        start(use)
        return Effect.void
      }
      return Effect.callback<void, SqlError.SqlError>((resume) => {
        const leave = queue(
          use,
          () => resume(Effect.void),
          () => resume(Effect.fail(none))
        )
        return Effect.sync(leave)
      })
    })

  return {
    /** For one statement. */
    use: <A>(run: Run<A>) =>
      Effect.acquireUseRelease(begin, (use) => Effect.andThen(admitted(use), pool.use(run)), end),
    /**
     * For one that goes on in its connection's line when nobody waits for it any more: until then it counts. What is not
     * answered in time is told with its connection.
     */
    useToTheEnd: <A>(run: Run<A>, onSilence: (connection: PgConnection.PgConnection) => Effect.Effect<void>) =>
      Effect.withFiber<A, SqlError.SqlError>((current) =>
        Effect.callback((resume) => {
          const use: Use = { counts: false, isUnderWay: false, slow: undefined }
          const go = () => {
            let lent: PgConnection.PgConnection | undefined
            const statement = pool.use((connection) => {
              lent = connection
              return run(connection)
            })
            watched(current, statement, {
              onSilence: () => (lent === undefined ? Effect.void : onSilence(lent)),
              onEnd: (exit) => {
                endNow(use)
                resume(exit)
              }
            })
          }
          if (isFree() && line.size === 0) {
            start(use)
            return go()
          }
          const leave = queue(use, go, () => resume(Effect.fail(none)))
          return Effect.sync(leave)
        })
      ),
    /** To the end of the scope, for what has to be alone on it. */
    reserve: Effect.acquireRelease(begin, end).pipe(Effect.flatMap(admitted), Effect.andThen(pool.reserve))
  }
}
