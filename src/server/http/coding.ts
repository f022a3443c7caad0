/** Content codings: what is compressed, and how, whichever way an answer is served. */
import { constants } from "node:zlib"

/** Undefined: the bytes as they are. */
export type Coding = "br" | "gzip" | undefined

/** What is smaller than this gains nothing. */
const minSize = 1024

const levels = { br: 4, gzip: 6 } as const

/** For `HttpMiddleware.compression`. */
export const compression = { algorithms: ["br", "gzip"], levels, minSize } as const

/** The same bytes as the middleware makes: they go by the same tag. */
export const brotliOptions = (size: number) => ({
  params: { [constants.BROTLI_PARAM_QUALITY]: levels.br, [constants.BROTLI_PARAM_SIZE_HINT]: size }
})
export const gzipOptions = { level: levels.gzip }

const member = /^([a-z0-9!#$%&'*+.^_`|~-]+)(?:;q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?$/

/** The coding of an answer of this length for a request with this Accept-Encoding, as the middleware decides it too. */
export const codingOf = (accept: string | undefined, length: number): Coding => {
  if (accept === undefined || length < minSize) return undefined
  const weights = new Map<string, number>()
  for (const part of accept.split(",")) {
    const text = part
      .toLowerCase()
      .split(";")
      .map((piece) => piece.trim())
      .join(";")
    if (text === "") continue
    const [, name, weight = "1"] = member.exec(text) ?? []
    if (name === undefined) return undefined
    weights.set(name, Number(weight))
  }
  return compression.algorithms.find((coding) => (weights.get(coding) ?? weights.get("*") ?? 0) > 0)
}
