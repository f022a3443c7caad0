/** What people look for in the catalogue of bench/catalog.ts, the same on every run. */
import { productAt } from "../src/cli/seed/vocabulary.ts"

const each = 1000

const pick = <A>(list: ReadonlyArray<A>, i: number) => list[i % list.length] as A

const wordsOf = (name: string, least: number) => name.split(/[\s,،']+/).filter((word) => [...word].length >= least)

const namesAt = (i: number) => {
  const { name, name_ar } = productAt(i * 7)
  return { name, name_ar, either: i % 2 === 0 ? name : name_ar }
}

/** One to three words that stand beside each other. */
const someOf = (name: string, i: number) => {
  const words = wordsOf(name, 3)
  const from = i % words.length
  return words.slice(from, from + 1 + (i % 3)).join(" ")
}

/** A letter left out, twice, wrong, or before the one that it belongs behind. */
const slips: ReadonlyArray<(word: string, at: number) => string> = [
  (word, at) => word.slice(0, at) + word.slice(at + 1),
  (word, at) => word.slice(0, at) + word.slice(at - 1),
  (word, at) => word.slice(0, at) + (word > "ء" ? "ث" : "w") + word.slice(at + 1),
  (word, at) =>
    word.slice(0, at) +
    word
      .slice(at, at + 2)
      .split("")
      .reverse()
      .join("") +
    word.slice(at + 2)
]

const mistyped = (word: string, i: number) => pick(slips, i)(word, 1 + (i % (word.length - 2)))

const letters = ["bcdfghjklmnpqrstvwxz", "ثخذضظغصطحجكقفشسنمهوي"]

/** A word of no product. */
const nonsense = (i: number) => {
  const alphabet = pick(letters, i)
  const scattered = Math.imul(i + 1, 0x9e3779b1)
  return Array.from({ length: 5 + (i % 4) }, (_, place) => alphabet[(scattered >>> (3 * place)) % 20]).join("")
}

const kinds = {
  latin: (i: number) => someOf(namesAt(i).name, i),
  arabic: (i: number) => someOf(namesAt(i).name_ar, i),
  typos: (i: number) => {
    const { name, name_ar } = namesAt(i)
    const words = wordsOf(`${name} ${name_ar}`, 5)
    const typo = mistyped(pick(words, i), Math.floor(i / 2))
    return i % 3 === 0 ? `${typo} ${pick(words, i + 1)}` : typo
  },
  misses: (i: number) => (i % 3 === 0 ? `${pick(wordsOf(namesAt(i).either, 3), i)} ${nonsense(i)}` : nonsense(i)),
  short: (i: number) => pick(wordsOf(namesAt(i).either, 3), i).slice(0, 1 + (Math.floor(i / 2) % 2))
}

const pathOf = (text: string) => `/api/v1/products?limit=20&search=${encodeURIComponent(text)}`

const numbers = Array.from({ length: each }, (_, i) => i)

/** The addresses of each kind. */
export const searches = Object.entries(kinds).map(([kind, textOf]) => ({
  kind,
  paths: numbers.map((i) => pathOf(textOf(i)))
}))

/** Of each kind by turns. */
export const mix = { kind: "mix", paths: numbers.flatMap((i) => searches.map(({ paths }) => pick(paths, i))) }
