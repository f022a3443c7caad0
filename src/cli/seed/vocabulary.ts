import { kinds } from "./kinds.ts"
import { brands, firstNames, largeWilayas, lastNames, qualities, series, variants } from "./words.ts"

export interface GeneratedProduct {
  readonly name: string
  readonly name_ar: string
  /** The slug of a category of the migrations. */
  readonly category: string
  readonly brand: string
  readonly price_dinars: number
  readonly original_price?: number
  readonly stock: number | null
}

export interface GeneratedCustomer {
  readonly name: string
  readonly phone: string
  readonly wilaya_code: number
}

const variantsPerKind = 8
const wilayaCount = 69

/** Names are a number in mixed radix: this many before words run out and a series number joins them. */
export const distinctNames = kinds.length * brands.length * series.length * variantsPerKind * qualities.length

// A prime larger than every radix: multiplying by it visits each name once, with neighbours far apart.
const stride = 7_368_787

/** The i-th product of an endless catalogue, i from 0: always the same for an i, and no two of one name. */
export const productAt = (i: number): GeneratedProduct => {
  let rest = ((i % distinctNames) * stride) % distinctNames
  const take = <A>(list: ReadonlyArray<A>): A => {
    const picked = rest % list.length
    rest = (rest - picked) / list.length
    return list[picked] as A
  }
  const [kindFr, kindAr, category, from, to, variant] = take(kinds)
  const [brandFr, brandAr] = take(brands)
  const [seriesFr, seriesAr] = take(series)
  const [variantFr, variantAr, variantFactor] = take(variants[variant])
  const [qualityFr, qualityAr, qualityFactor] = take(qualities)
  const lap = i < distinctNames ? "" : ` ${Math.floor(i / distinctNames) + 1}`
  const chance = mix(i)
  // Log-normal in shape: many cheap, few dear.
  const middle = from * (to / from) ** ((unit(chance) + unit(mix(chance + 1))) / 2)
  const price_dinars = Math.max(50, rounded(middle * variantFactor * qualityFactor))
  const product = {
    name: `${kindFr} ${brandFr} ${seriesFr}${lap} ${variantFr}, ${qualityFr}`,
    name_ar: `${kindAr} ${brandAr} ${seriesAr}${lap} ${variantAr}، ${qualityAr}`,
    category,
    brand: brandFr,
    price_dinars,
    stock: stockAt(mix(chance + 2))
  }
  const discount = unit(mix(chance + 3))
  return discount < 0.2 ? { ...product, original_price: rounded(price_dinars * (1.15 + 2 * discount)) } : product
}

/** The i-th customer. Phones are distinct for the first 300 million. */
export const customerAt = (i: number): GeneratedCustomer => {
  const chance = mix(i + 0x5eed)
  const first = firstNames[chance % firstNames.length]
  const last = lastNames[mix(chance) % lastNames.length]
  return { name: `${first} ${last}`, phone: phoneAt(i), wilaya_code: wilayaAt(mix(chance + 1)) }
}

const phoneAt = (i: number): string => {
  const digits = (Math.floor(i / 3) * 61_803_399 + 10_203_040) % 100_000_000
  return `+213${5 + (i % 3)}${digits.toString().padStart(8, "0")}`
}

const wilayaAt = (chance: number): number =>
  chance % 10 < 4
    ? (largeWilayas[Math.floor(chance / 10) % largeWilayas.length] as number)
    : (Math.floor(chance / 10) % wilayaCount) + 1

/** One in eight is untracked, one in twenty-five sold out, the rest lean to small numbers. */
const stockAt = (chance: number): number | null => {
  const share = unit(chance)
  if (share < 0.125) return null
  return share < 0.165 ? 0 : 1 + Math.floor(300 * unit(mix(chance)) ** 2)
}

/** As shops write prices: the dearer, the rounder. */
const rounded = (dinars: number): number => {
  const step = dinars < 1000 ? 10 : dinars < 5000 ? 50 : dinars < 20_000 ? 100 : 500
  return Math.round(dinars / step) * step
}

/** The 32-bit finaliser of MurmurHash3: neighbouring numbers give unrelated ones. */
const mix = (n: number): number => {
  let hash = n | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

const unit = (hash: number): number => hash / 0x1_0000_0000
