/**
 * Rate limits counted in this process: each process has a budget of its own, and a restart forgets what was used. The
 * framework's own store in memory keeps every key that it has ever seen; this one holds `capacity` of them.
 */
import { Duration, Effect, Layer } from "effect"
import { RateLimiter } from "effect/persistence"

type Window = { readonly count: number; readonly endsAt: number }

const notKept = Effect.die("In this process only fixed windows are counted.")

export const layerOf = (capacity: number) =>
  Layer.sync(RateLimiter.RateLimiterStore, () => {
    const windows = new Map<string, Window>()

    const consume = (key: string, tokens: number, millis: number, limit: number | undefined, now: number) => {
      const held = windows.get(key)
      const { count, endsAt } = held !== undefined && held.endsAt > now ? held : { count: 0, endsAt: now }
      const total = count + tokens
      if (tokens === 0 || (limit !== undefined && total > limit)) return [total, endsAt - now] as const
      if (held === undefined && windows.size >= capacity) makeRoom(windows, now)
      const window = { count: total, endsAt: endsAt + tokens * millis }
      windows.set(key, window)
      return [total, window.endsAt - now] as const
    }

    return RateLimiter.RateLimiterStore.of({
      fixedWindow: ({ key, tokens, refillRate, limit }) =>
        Effect.clockWith((clock) =>
          Effect.sync(() => consume(key, tokens, Duration.toMillis(refillRate), limit, clock.currentTimeMillisUnsafe()))
        ),
      tokenBucket: () => notKept,
      adaptiveConsume: () => notKept,
      adaptiveFeedback: () => notKept
    })
  })

/**
 * Drops a quarter at least: what has ended, then what ends soonest. A window lasts longer the more of it is used, so a
 * flood of new keys pushes out its own kind and not a budget that is spent.
 */
const makeRoom = (windows: Map<string, Window>, now: number) => {
  const ends = Float64Array.from(windows.values(), ({ endsAt }) => endsAt).sort()
  const until = Math.max(now, ends[Math.floor(ends.length / 4)] ?? now)
  for (const [key, { endsAt }] of windows) if (endsAt <= until) windows.delete(key)
}

/** Some 20 MB when it is full. */
export const layer = layerOf(100_000)
