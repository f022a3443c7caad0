import type { PgConnection, PgPool } from "@effect/sql-pg"
import { Effect } from "effect"
import { SqlError } from "effect/sql"

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

type Answer = Effect.Effect<void, SqlError.SqlError>

/**
 * Who has left lets go of what waited: a set's former tables point at the next, and once one of them is old, V8 keeps
 * all that stood in any of them until it looks through everything. That was a third of what lists allocate.
 */
type Waiting = {
  readonly use: Use
  resume: ((answer: Answer) => void) | undefined
  timer: NodeJS.Timeout | undefined
}

type Run<A> = (connection: PgConnection.PgConnection) => Effect.Effect<A, SqlError.SqlError>

type Waits = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

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

  let admitting = false

  /** Whoever is admitted may have ended before the next is: it is this loop that goes on, however many there are. */
  const admit = () => {
    if (admitting) return
    admitting = true
    try {
      for (const next of line) {
        if (!isFree()) return
        start(next.use)
        leave(next, Effect.void)
      }
    } finally {
      admitting = false
    }
  }

  const leave = (place: Waiting, answer: Answer) => {
    const { resume, timer } = place
    clearTimeout(timer)
    line.delete(place)
    place.resume = place.timer = undefined
    resume?.(answer)
  }

  const end = (use: Use) => {
    if (!use.isUnderWay) return
    clearTimeout(use.slow)
    use.isUnderWay = false
    all--
    if (use.counts) discount(use)
    else admit()
  }

  const inLine = (use: Use) =>
    Effect.callback<void, SqlError.SqlError>((resume) => {
      const place: Waiting = { use, resume, timer: undefined }
      place.timer = setTimeout(leave, longestWait, place, Effect.fail(none))
      line.add(place)
      return Effect.sync(() => leave(place, Effect.void))
    })

  const begin = (): Use => ({ counts: false, isUnderWay: false, slow: undefined })

  /** Whether there is a place at once. */
  const starts = (use: Use) => {
    if (!isFree()) return false
    start(use)
    return true
  }

  /** `waits` makes an effect one that may be interrupted, unless the caller may not. */
  const lent = <A>(run: Effect.Effect<A, SqlError.SqlError>, waits: Waits) => {
    const use = begin()
    const inTurn = starts(use) ? run : Effect.andThen(waits(inLine(use)), run)
    return Effect.onExit(inTurn, () => {
      end(use)
      return Effect.void
    })
  }

  return {
    /** For one statement, which is cancelled when nobody waits for it any more. */
    use: <A>(run: Run<A>) => Effect.uninterruptibleMask((waits) => lent(waits(pool.use(run)), waits)),
    /** For one that would go on in its connection's line all the same: it counts until it has ended. */
    useToTheEnd: <A>(run: Run<A>) => Effect.uninterruptibleMask((waits) => lent(pool.use(run), waits)),
    /** To the end of the scope, for what has to be alone on it. */
    reserve: Effect.acquireRelease(Effect.sync(begin), (use) => Effect.sync(() => end(use))).pipe(
      Effect.flatMap((use) => (starts(use) ? Effect.void : inLine(use))),
      Effect.andThen(pool.reserve)
    )
  }
}
