/** What identifies an order to people: a number to say aloud. */
import { randomInt } from "node:crypto"
import { codeOf } from "../text.ts"

/** Digits and capitals that nobody takes for another: no 0 O, 1 I L, U V. */
const alphabet = "23456789ABCDEFGHJKMNPQRSTWXYZ"
const length = 8

/** A number that says nothing of how many orders there are: 29⁸ of them. */
export const newNumber = (): string => {
  let code = ""
  while (code.length < length) code += alphabet[randomInt(alphabet.length)]
  return `ZST-${code}`
}

const plain = (typed: string) => codeOf(typed.slice(0, 80)).toUpperCase()

const numberPattern = new RegExp(`^(?:ZST-?)?([${alphabet}]{${length}})$`)

/** The number that somebody typed: in any case and with any blanks or dashes, with or without its prefix. */
export const numberOf = (typed: string): string | undefined => {
  const code = numberPattern.exec(plain(typed))?.[1]
  return code === undefined ? undefined : `ZST-${code}`
}

/** What numbers have in them of which somebody typed this part. */
export const partOfNumber = (typed: string): string => numberOf(typed) ?? plain(typed).replace(/^ZST-?/, "")
