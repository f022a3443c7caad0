/** A ratio between two servers means something only while they give the same answers. */
import { isDeepStrictEqual } from "node:util"
import { Effect } from "effect"
import { BenchFailed } from "./failure.ts"

export type Sample = {
  readonly path: string
  readonly body?: string | Uint8Array<ArrayBuffer>
  readonly headers?: Readonly<Record<string, string>>
}

/** How far two answers agree: in every byte, or in status and shape where ids and times differ. */
export type Agreement = "bytes" | "shape"

const ask = (url: string, { path, body, headers: more }: Sample) =>
  Effect.promise(async () => {
    // A compressed answer would hide which bytes were sent.
    const headers = { "accept-encoding": "identity", "content-type": "application/json", ...more }
    const response = await fetch(`${url}${path}`, body === undefined ? { headers } : { method: "POST", body, headers })
    return { status: response.status, text: await response.text(), headers: Object.fromEntries(response.headers) }
  })

const shapeOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value !== "object" || value === null) return value === null ? null : typeof value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]))
}

const agree = (ours: string, bare: string, agreement: Agreement) =>
  agreement === "bytes" ? ours === bare : isDeepStrictEqual(shapeOf(JSON.parse(ours)), shapeOf(JSON.parse(bare)))

/**
 * Headers that both must send: their names and, but for the id of the request and the date, their values. What is left of
 * a limit comes with what was not kept. A tag is the server's work alone: the comparator sends one of another answer, as
 * long.
 */
const constant = (headers: Record<string, string>) => {
  const { date: _, "x-request-id": __, ratelimit: ___, "ratelimit-policy": ____, etag, ...rest } = headers
  return { ...rest, etag: etag?.length }
}

export const checkSame = Effect.fnUntraced(function* (
  ours: string,
  bare: string,
  samples: ReadonlyArray<Sample>,
  agreement: Agreement
) {
  for (const sample of samples) {
    const [a, b] = [yield* ask(ours, sample), yield* ask(bare, sample)]
    if (a.status < 200 || a.status > 299) {
      return yield* new BenchFailed({ message: `The server answers ${sample.path} with ${a.status}: ${a.text}` })
    }
    if (a.status !== b.status || !agree(a.text, b.text, agreement)) {
      return yield* new BenchFailed({
        message: `The comparator answers ${sample.path} otherwise:\n${a.status} ${a.text}\n${b.status} ${b.text}`
      })
    }
    const [given, copied] = [constant(a.headers), constant(b.headers)]
    if (agreement === "bytes" && !isDeepStrictEqual(given, copied)) {
      return yield* new BenchFailed({
        message: `The comparator sends other headers for ${sample.path}: ${JSON.stringify(given)} ${JSON.stringify(copied)}`
      })
    }
  }
})
