/** Mulberry32: the same seed gives the same numbers, so that every fresh shop looks alike. */
export const makeRandom = (seed: number) => {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000
  }
  const below = (n: number) => Math.floor(next() * n)
  const between = (from: number, to: number) => from + next() * (to - from)
  const pick = <A>(list: ReadonlyArray<A>): A => list[below(list.length)] as A
  return { next, below, between, pick }
}

export type Random = ReturnType<typeof makeRandom>
