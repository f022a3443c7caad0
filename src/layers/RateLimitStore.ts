/**
 * Rate limits counted in this process: each process has a budget of its own, and a restart forgets what was used. The
 * framework's own store in memory keeps every key that it has ever seen; this one holds `capacity` of them.
 */
import { Duration, Effect, Layer } from "effect"
import { RateLimiter } from "effect/persistence"

const notKept = Effect.die("In this process only token buckets are counted.")

/** When each bucket will be full again, in whole ms of the clock that nobody sets. */
type FullAt = Map<string, number>

/** So many are kept without a look at which of them are full again. */
const few = 4096

export const layerOf = (capacity: number) =>
  Layer.sync(RateLimiter.RateLimiterStore, () => {
    const fullAt: FullAt = new Map()
    let lookAt = Math.min(few, capacity)

    const take = (key: string, tokens: number, refill: number, limit: number, overflows: boolean, now: number) => {
      const held = fullAt.get(key)
      const since = held === undefined ? now : Math.max(held, now)
      const until = Math.max(since + tokens * refill, now)
      const left = limit - (until - now) / refill
      if (tokens !== 0 && (left >= 0 || overflows)) {
        if (held === undefined && fullAt.size >= lookAt) {
          makeRoom(fullAt, now, capacity)
          lookAt = Math.min(Math.max(few, 2 * fullAt.size), capacity)
        }
        fullAt.set(key, until)
      }
      const whole = Math.floor(left)
      return [whole, (left - whole) * refill] as const
    }

    return RateLimiter.RateLimiterStore.of({
      tokenBucket: ({ key, tokens, refillRate, limit, allowOverflow }) =>
        Effect.clockWith((clock) =>
          Effect.succeed(
            take(
              key,
              tokens,
              Duration.toMillis(refillRate),
              limit,
              allowOverflow,
              Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
            )
          )
        ),
      fixedWindow: () => notKept,
      adaptiveConsume: () => notKept,
      adaptiveFeedback: () => notKept
    })
  })

/**
 * Drops what is full. Where there are as many as there may be it drops a quarter at least, then what will be full soonest:
 * the more of a bucket is used the later that is, so a flood of new keys pushes out its own kind and not a budget that is
 * spent.
 */
const makeRoom = (fullAt: FullAt, now: number, capacity: number) => {
  const until = fullAt.size < capacity ? now : Math.max(now, quarterOf(fullAt))
  for (const [key, end] of fullAt) if (end <= until) fullAt.delete(key)
}

const quarterOf = (fullAt: FullAt) => Float64Array.from(fullAt.values()).sort()[Math.floor(fullAt.size / 4)] ?? 0

/** Some 20 MB when it is full. */
export const layer = layerOf(100_000)
