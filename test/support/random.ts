/** mulberry32: small, and the same everywhere for the same seed. */
export const randomFrom = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export type Random = () => number

export const pick = <A>(random: Random, items: ReadonlyArray<A>) => items[Math.floor(random() * items.length)] as A

export const shuffled = <A>(random: Random, items: ReadonlyArray<A>) =>
  items
    .map((item) => [random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item)
