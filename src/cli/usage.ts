import { InvalidArgumentError } from "commander"
import { isDay, readText, type TextRule } from "../services/text.ts"

/** One line instead of commander's two or three, ending in where to read on. */
export const usageError = (text: string, args: ReadonlyArray<string>) => {
  const said = text
    .replace(/^error: /, "")
    .trim()
    .replace(/\s*\n\s*/g, " ")
    .replace(/ \(Did you mean (.+)\?\)$/, ": did you mean $1?")
  const [first = ""] = args
  const command = /^[a-z]+$/.test(first) && !said.startsWith(`unknown command '${first}'`) ? `zst ${first}` : "zst"
  const sentence = said.charAt(0).toUpperCase() + said.slice(1)
  return `${/[.?]$/.test(sentence) ? sentence : `${sentence}.`} See ${command} --help.`
}

const most = 100_000_000

/** How many of something, `1000000` or `1,000,000` or `1_000_000`. */
export const count = (text: string) => {
  const plain = /^\d{1,3}([,_]\d{3})+$/.test(text) ? text.replace(/[,_]/g, "") : text
  const value = Number(plain)
  if (!/^\d{1,9}$/.test(plain) || value < 1 || value > most) {
    throw new InvalidArgumentError("Expected a whole number from 1 to 100,000,000.")
  }
  return value
}

/** A time, `2026-11-01` or `2026-11-01T08:30Z`; without a zone it is UTC. */
export const instant = (text: string) => {
  const zoned = /T.*(Z|[+-]\d\d:?\d\d)$/i.test(text) || !text.includes("T") ? text : `${text}Z`
  const time = new Date(zoned)
  if (!isDay(text.slice(0, 10)) || Number.isNaN(time.getTime())) {
    throw new InvalidArgumentError("Expected a time such as 2026-11-01T08:30Z.")
  }
  return time
}

const by = (rule: TextRule) => (typed: string) => {
  const read = readText(typed, rule)
  if ("fault" in read) throw new InvalidArgumentError(`${read.fault}.`)
  return read.text
}

/** A text as the API takes it in. */
export const text = (max: number) => by({ max })

/** The same, of several lines: a reason. */
export const longText = (max: number) => by({ max, lines: true })

/** However a user is named. */
export const whoever = text(254)
