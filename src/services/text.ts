/**
 * The front door of human text: what is stored and compared is Unicode as people see it. Knows no schema, so that a
 * command may use it for its help's sake.
 */

export type TextRule = {
  /** In code points, as JSON Schema counts them, of the text as it is kept. */
  readonly max: number
  /** Whether line breaks stay, each as LF; else they are blanks. */
  readonly lines?: boolean
}

export type ReadText = { readonly text: string } | { readonly fault: string }

/** A number as people read it, `1,200,000`. Without Intl, whose data would be loaded for it at each start. */
export const thousands = (n: number) => String(n).replace(/(?<!\.\d*)\B(?=(\d{3})+(?!\d))/g, ",")

const printableAscii = /^[ -~]*$/

/** C0 and C1, but for what ends a line or moves on in it, and what Unicode says is no character. */
const refused = /[[\p{Cc}\p{Noncharacter_Code_Point}]--[\t\n\r\u0085]]/v

const lineBreak = /\r\n|[\n\r\u0085\u2028\u2029]/g

/** Blanks of every width, and letters that are drawn as nothing: Hangul fillers, Braille without dots. */
const blank = /[\p{Zs}\t\u115F\u1160\u2800\u3164\uFFA0]/gv

/** Drawn as nothing, wherever it stands: marks of direction, zero-width blanks, soft hyphens, the holes that pictures leave. */
const invisible =
  /[[\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFC]--[\u200C\u200D\p{Variation_Selector}\u{E0020}-\u{E007F}]]/gv

/** What letters of a flag are spelled with; elsewhere they are a text that nobody sees. */
const strayTag = /(?<!\u{1F3F4}[\u{E0020}-\u{E007F}]{0,7})[\u{E0020}-\u{E007F}]/gv

/** Joiners mean something between letters of scripts that join, and between the parts of an emoji. */
const strayJoiner =
  /(?<![[\p{L}\p{Extended_Pictographic}\p{Emoji_Modifier}]--\p{Script=Latin}]\p{M}{0,4})[\u200C\u200D]|[\u200C\u200D](?![[\p{L}\p{Extended_Pictographic}]--\p{Script=Latin}])/gv

/** They choose between shapes of an emoji (of a digit: a keycap), an ideogram or a Mongolian letter. */
const straySelector =
  /(?<!\p{Emoji})[\uFE0E\uFE0F]|(?<=[\d#*])[\uFE0E\uFE0F](?!\u20E3)|(?<![\p{Script=Han}--\p{M}])[\uFE00-\uFE0D\u{E0100}-\u{E01EF}]|(?<![\p{Script=Mongolian}--\p{M}])[\u180B-\u180D\u180F]/gv

/** Unicode's Stream-Safe Text Format; no language comes near it, and normalising more takes quadratic time. */
const hasHeapOfMarks = (input: string) => input.match(/\p{M}+/gv)?.some((marks) => marks.length > 30) === true

const onlyMarks = /^[\p{M}\s]*$/v

/** Before anything else is done: what a text may be of is a few times as long, in whatever way it is composed. */
const longest = (max: number) => 4 * max + 64

export const isOverlong = (input: string, max: number) => input.length > longest(max)

/** The text that is meant, or why there is none. Reading it once more gives the same. */
export const readText = (input: string, { max, lines = false }: TextRule): ReadText => {
  const tooLong = { fault: `Expected at most ${max} characters` }
  if (isOverlong(input, max)) return tooLong
  if (!input.isWellFormed()) return { fault: "Expected a text without halves of characters (lone surrogates)" }
  if (refused.test(input)) return { fault: "Expected a text without control characters" }
  const text = settled(input, (seen) => plain(seen, lines))
  if (text === undefined) return { fault: "Expected a text without heaps of marks" }
  if (text === "" || onlyMarks.test(text)) return { fault: "Expected a text that is not empty" }
  return text.length > max && [...text].length > max ? tooLong : { text }
}

/** What one step leaves may be composed with what came next to it, and what is composed may leave more to take away. */
const settled = <Read extends string | undefined>(input: string, step: (text: string) => Read): Read => {
  const read = step(input)
  return read === undefined || read === input ? read : settled(read, step)
}

const plain = (input: string, lines: boolean) => {
  const seen = printableAscii.test(input) ? input : normalized(input, lines)
  return seen && (lines ? seen : seen.replace(/ {2,}/g, " ")).trim()
}

const normalized = (input: string, lines: boolean) => {
  const seen = visible(input.replace(lineBreak, lines ? "\n" : " "))
    .replace(strayTag, "")
    .replace(/([\u200C\u200D])[\u200C\u200D]+/g, "$1")
    .replace(strayJoiner, "")
    .replace(straySelector, "")
  return hasHeapOfMarks(seen) ? undefined : seen.normalize("NFC")
}

const visible = (input: string) => input.replace(blank, " ").replace(invisible, "")

/** The same of what cannot be sent back: bad parts are left out, and so is what is too long. */
export const mendText = (input: string, max: number): string | undefined => {
  const clean = [...input.slice(0, longest(max)).toWellFormed()].filter(
    (char) => !refused.test(char) && char !== "\uFFFD"
  )
  const read = readText(clean.join(""), { max: longest(max) })
  if ("fault" in read) return undefined
  const cut = readText([...read.text].slice(0, max).join(""), { max })
  return "fault" in cut ? undefined : cut.text
}

const digit = /\p{Nd}/gu

/** Scripts have their digits in tens, zero first, and those that stand side by side begin at a zero, too. */
const digitOf = (char: string) => {
  const code = char.codePointAt(0) ?? 0
  let before = 0
  while (/^\p{Nd}$/u.test(String.fromCodePoint(code - before - 1))) before++
  return String(before % 10)
}

/** Digits of any script as 0 to 9. */
export const withPlainDigits = (input: string) => (printableAscii.test(input) ? input : input.replace(digit, digitOf))

/** For numbers and codes: the ASCII that is meant by characters that look like it, without blanks. */
export const codeOf = (input: string) => settled(input, plainCode)

const plainCode = (input: string) =>
  withPlainDigits(visible(input.normalize("NFKC")).replace(/[\p{Pd}\u2212]/gu, "-")).replace(
    /[\s\p{Variation_Selector}]|\u200C|\u200D/gu,
    ""
  )

const separators = /[-.()/,]/g

const mobile = /^(?:(?:\+|00)?2130?|0)([567]\d{8})$/

/** The nine digits that every writing of an Algerian mobile number shares. */
export const mobileIn = (input: string): string | undefined =>
  input.length > 64 ? undefined : mobile.exec(codeOf(input).replace(separators, ""))?.[1]

/** The digits of at least three that a mobile number has in it, as it is kept, when this is a part of how people write it. */
export const partOfMobile = (input: string): string | undefined => {
  if (input.length > 64) return undefined
  const plain = codeOf(input).replace(separators, "")
  const digits = mobileIn(input) ?? plain.replace(/^(?:(?:\+|00)2130?|0)/, "")
  return /^\d{3,}$/.test(digits) ? digits : undefined
}

/** `2026-02-28`, and not the 31st of that month, of which `Date` makes another day, nor one of the year 0, which PostgreSQL has not. */
export const isDay = (text: string) =>
  /^(?!0000)\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true
