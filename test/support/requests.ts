/**
 * Requests to an endpoint, drawn from its own schemas and from a good request, and spoilt in any of their parts. What is
 * drawn names the parts of the good one and does not hold them, so that it can be sent again to another world.
 */
import { Arbitrary, Schema } from "effect"
import type { HttpApiEndpoint } from "effect/http-api"
import { edited, edits, junk, mixed, texts } from "./junk.ts"
import { oneOf, picked, whole } from "./random.ts"
import type { Send } from "./server.ts"
import { multipart } from "./upload.ts"

/** One that is answered with a success: its path, with its query, its headers and its body. */
export type Good = { readonly path: string } & Pick<Send, "body" | "headers" | "raw">

const nothing = Arbitrary.Constant(undefined)
const seldom = <A>(given: Arbitrary.Arbitrary<A>) => oneOf<A | undefined>(nothing, nothing, nothing, given)

const drawnFrom = (schemas: ReadonlyArray<Schema.Top>): Arbitrary.Arbitrary<unknown> =>
  oneOf<unknown>(...schemas.map((schema) => Arbitrary.schema(Schema.toEncoded(schema))))

const bits = oneOf(Arbitrary.Constant(0), whole(0, 2 ** 20 - 1))

const pathText = oneOf(
  Arbitrary.map(texts, (text) => encodeURIComponent(text.toWellFormed().slice(0, 80)) || "x"),
  picked(["%00", "%ff", "%zz", "%", "%ED%A0%80", "a%2Fb", "~!$&'()*+,;=:@"])
)

const rawQuery = picked(["x=%ff", "page=%zz", "search=%ED%A0%80", "=&&=", "__proto__=1", "limit=1&limit=2", "page[]=1"])

const headerText = (text: string) => text.replace(/[^\t -~\u0080-\u00ff]/g, "?")

const tags = ['"x"', "*", 'W/"x"', '"x", "y"', '"', '"x" y', "x".repeat(3000)]
const headerNames = ["idempotency-key", "if-match", "if-none-match", "x-cart-token", "x-order-token"] as const
const headers = Arbitrary.array(
  Arbitrary.all([
    picked([...headerNames, "accept-language", "x-request-id", "content-type", "accept", "origin"]),
    Arbitrary.map(
      oneOf(picked([...tags, "0199e0a4-7777-7000-8000-000000000080", "application/xml", "null"]), texts),
      headerText
    )
  ]),
  { maxLength: 2 }
)

/** What is done to the bytes of a body. */
const wire = {
  cut: (body: string) => body.slice(0, -1),
  "no UTF-8": (body: string) => Buffer.concat([Buffer.from(body.slice(0, -1)), Buffer.from([0xff, 0x7d])]),
  "a lone surrogate": (body: string) => body.replace(/"[^"\\]*"(?=[,}\]])/, '"\\ud800"'),
  twice: (body: string) => body + body,
  "a name twice": (body: string) => body.replace(/^\{("[^"\\]*"):/, '{$1:null,"__proto__":{"role":"admin"},$1:'),
  "a long number": (body: string) => body.replace(/:\d+/, `:${"9".repeat(400)}`),
  "deeper than anybody reads": (body: string) => body.replace(/.$/, `,"x":${"[".repeat(60_000)}${"]".repeat(60_000)}}`),
  "a mark of bytes": (body: string) => `\ufeff${body}`,
  nothing: () => ""
}

const fileEdits = Arbitrary.array(
  Arbitrary.all({ name: oneOf(picked(["file", "is_primary", "display_order"]), texts), type: texts, bytes: texts }),
  { maxLength: 3 }
)

const paramsOf = (path: string) => [...path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? "")

export const requestsTo = ({ path, query, payload }: HttpApiEndpoint.Top, cursor?: Arbitrary.Arbitrary<string>) => {
  const bodies = [...payload.entries()]
  const schemas = bodies.flatMap(([type, { schemas }]) => (type.startsWith("multipart/") ? [] : schemas))
  const isForm = bodies.some(([type]) => type.startsWith("multipart/"))
  const places = paramsOf(path)
  return Arbitrary.all({
    params: Arbitrary.all(places.map(() => seldom(pathText))),
    query: Arbitrary.all({
      drawn: query === undefined ? nothing : drawnFrom([query]),
      bits,
      edits,
      cursor: cursor === undefined ? nothing : oneOf<string | undefined>(nothing, cursor, cursor),
      raw: seldom(rawQuery)
    }),
    headers: seldom(headers),
    body: Arbitrary.all({
      drawn: schemas.length === 0 ? nothing : drawnFrom(schemas),
      bits,
      edits,
      instead: seldom(seldom(Arbitrary.map(junk, (value) => ({ value })))),
      wire: seldom(picked(Object.keys(wire) as Array<keyof typeof wire>)),
      parts: isForm ? seldom(fileEdits) : nothing
    })
  })
}

export type Spoilt = SpoiltOf<ReturnType<typeof requestsTo>>
type SpoiltOf<S> = S extends Arbitrary.Arbitrary<infer A> ? A : never

const pathOf = (template: string, good: string, params: ReadonlyArray<string | undefined>) => {
  const known = good.split("/")
  const names = paramsOf(template)
  return template
    .split("/")
    .map((segment, i) => (segment.startsWith(":") ? (params[names.indexOf(segment.slice(1))] ?? known[i]) : segment))
    .join("/")
}

const asText = (value: unknown) => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""))

const queryOf = (good: string, { drawn, bits, edits, cursor, raw }: Spoilt["query"]) => {
  const before = Object.fromEntries(new URLSearchParams(good))
  const after = edited(drawn === undefined ? before : mixed(before, drawn, bits), drawn === undefined ? [] : edits)
  const sent = new URLSearchParams()
  for (const [name, value] of Object.entries(after ?? {}).slice(0, 40)) {
    for (const each of Array.isArray(value) ? value.slice(0, 3) : [value]) {
      if (each !== undefined) sent.append(name.toWellFormed().slice(0, 60), asText(each).toWellFormed().slice(0, 600))
    }
  }
  if (cursor !== undefined) sent.set("cursor", cursor)
  return [sent.toString(), ...(raw === undefined ? [] : [raw])].join("&")
}

const bodyOf = (good: Good, { drawn, bits, edits, instead, wire: how, parts }: Spoilt["body"]): Send => {
  if (parts !== undefined) {
    return multipart(...parts.map(({ name, type, bytes }) => ({ name: plain(name), type: plain(type), bytes })))
  }
  if (good.raw !== undefined) return { raw: good.raw }
  if (drawn === undefined) return {}
  const body = instead === undefined ? edited(mixed(good.body, drawn, bits), edits) : instead.value
  return how === undefined || body === undefined
    ? { body }
    : { raw: wire[how](JSON.stringify(body)) as string | Uint8Array<ArrayBuffer> }
}

/** Without what would end a line of a part's head. */
const plain = (text: string) => text.replace(/[\r\n"]/g, "?")

/** What is sent of it, where this is the good request. */
export const requestOf = ({ path }: HttpApiEndpoint.Top, good: Good, { params, query, headers, body }: Spoilt) => {
  const [goodPath = "", goodQuery = ""] = good.path.split("?")
  const sent = bodyOf(good, body)
  return {
    path: `${pathOf(path, goodPath, params)}?${queryOf(goodQuery, query)}`,
    ...sent,
    headers: { ...good.headers, ...sent.headers, ...Object.fromEntries(headers ?? []) }
  }
}
