import { isUuid } from "../model.ts"
import { withPlainDigits } from "../text.ts"

/** Latin letters that are no letter with an accent. */
const latin: Readonly<Record<string, string>> = {
  œ: "oe",
  æ: "ae",
  ß: "ss",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i"
}

const maxLength = 80

/** Words that are addresses beside those of products, shops and categories. */
const reserved: ReadonlySet<string> = new Set(["search"])

/** What would name something else: a route, or what has this id. */
export const isReservedSlug = (slug: string) => reserved.has(slug) || isUuid(slug)

/**
 * The readable part of an address: ASCII letters and digits of the name, or its Arabic letters and digits when it has no
 * Latin letters. No marks, no tatweel: what is written with and without them is one address.
 */
export const slugOf = (name: string, otherwise = "produit") => {
  const plain = withPlainDigits(name.normalize("NFKD"))
    .toLowerCase()
    .replace(/[\u0300-\u036F]/g, "")
    .replace(/[œæßøłđðþı]/g, (letter) => latin[letter] ?? "")
    .normalize("NFC")
    .replace(/[\p{M}\u0640]/gu, "")
  const others = /[a-z]/.test(plain) ? /[^a-z0-9]+/g : /[^\p{Script=Arabic}0-9]+/gu
  const words = plain.replace(others, "-").replace(/^-+|-+$/g, "")
  return words.slice(0, maxLength).replace(/-+$/, "") || otherwise
}
