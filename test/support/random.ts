/**
 * The one source of chance in tests, Effect's: values that shrink when a property fails (`always`), or numbers for what
 * goes on as long as something else does (`randomFrom`). SEED walks elsewhere, RUNS goes on for longer, and REPLAY is
 * what a failure printed.
 */
import { assert } from "@effect/vitest"
import { Arbitrary, Cause, Random as Chance, Effect, Schema } from "effect"

export const seed = Number(process.env.SEED ?? 9)
const longer = Number(process.env.RUNS ?? 1)
const replay = process.env.REPLAY === undefined ? {} : { replay: process.env.REPLAY }

/** For `prop` of a test. */
export const drawn = (runs: number) => ({ arbitrary: { runs: runs * longer, seed, ...replay } })

/** Every value keeps what is asserted of it; else the smallest found that does not is shown. */
export const always = Effect.fnUntraced(function* <A, E, R>(
  given: Arbitrary.Arbitrary<A>,
  property: (value: A) => Effect.Effect<unknown, E, R>,
  { runs = 100, ...options }: Omit<Arbitrary.CheckOptions, "seed" | "replay"> = {}
) {
  const kept = (value: A): Effect.Effect<boolean, Cause.Cause<E>, R> =>
    Effect.suspend(() => property(value)).pipe(
      Effect.as(true),
      Effect.catchCause(
        (cause): Effect.Effect<never, Cause.Cause<E>> =>
          Cause.hasInterrupts(cause) ? Effect.interrupt : Effect.fail(cause)
      )
    )
  const result = yield* Arbitrary.checkEffect(given, kept, {
    size: 6,
    maxShrinks: 200,
    maxDiscards: 100 * runs,
    ...options,
    runs: runs * longer,
    seed,
    ...replay
  })
  const failure = Arbitrary.formatCheckFailure(result)
  if (failure !== undefined) assert.fail(`${failure}\nSeed: ${seed}`)
})

/** From one of these, as often as it is named; the first is the simplest. */
export const oneOf = <A>(...from: ReadonlyArray<Arbitrary.Arbitrary<A>>): Arbitrary.Arbitrary<A> =>
  Arbitrary.flatMap(whole(0, from.length - 1), (i) => from[i] as Arbitrary.Arbitrary<A>)

/** From either, as often as said. */
export const often = <A, B>(times: number, one: Arbitrary.Arbitrary<A>, fewer: number, other: Arbitrary.Arbitrary<B>) =>
  Arbitrary.flatMap(whole(1, times + fewer), (n): Arbitrary.Arbitrary<A | B> => (n <= times ? one : other))

export const picked = <const A>(items: ReadonlyArray<A>): Arbitrary.Arbitrary<A> =>
  Arbitrary.map(whole(0, items.length - 1), (i) => items[i] as A)

export const whole = (minimum: number, maximum: number) =>
  Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum, maximum })))

export type Random = () => number

export const randomFrom = (start: number): Random => {
  const chance = Effect.runSync(Chance.withSeed(Effect.service(Chance.Random), start))
  return () => chance.nextDoubleUnsafe()
}

export const pick = <A>(random: Random, items: ReadonlyArray<A>) => items[Math.floor(random() * items.length)] as A

export const shuffled = <A>(random: Random, items: ReadonlyArray<A>) =>
  items
    .map((item) => [random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item)
