/**
 * The vocabulary that every domain shares: money, texts, phones and pages, as they are on the wire.
 */
import { Effect, Schema, SchemaGetter, SchemaIssue } from "effect"
import { keptAs, shape } from "./shape.ts"
import { dinars, utc } from "./sql.ts"
import { codeOf, isOverlong, mobileIn, readText, type TextRule, thousands } from "./text.ts"

/** Amounts inside are integer centimes; on the wire they are dinars with at most two decimals. */
export const Centimes = Schema.Int.pipe(Schema.brand("Centimes"))
export type Centimes = typeof Centimes.Type

const maxDinars = 1_000_000_000

/** What sums of amounts lose as floats is forgiven, and no decimal that somebody wrote: 10.005 and 10.0000001 are none. */
const isCentimes = (n: number) => Math.abs(n * 100 - Math.round(n * 100)) <= Math.abs(n) * 1e-13

const isAmount = (maximum: number) => {
  const most = thousands(maximum)
  const expected = { message: `Expected an amount in dinars from 0 to ${most} with at most two decimals` }
  return [Schema.isBetween({ minimum: 0, maximum }, expected), Schema.makeFilter<number>(isCentimes, expected)] as const
}

/** An amount in dinars up to this one, `12500` or `12500.50`. */
export const dinarsUpTo = (maximum: number) =>
  Schema.Finite.annotate({ message: "Expected a number" })
    .check(...isAmount(maximum))
    .annotate({ description: "Dinars, at most two decimals", examples: [12500] })
    .pipe(
      Schema.decodeTo(Centimes, {
        decode: SchemaGetter.transform((amount: number) => Math.round(amount * 100)),
        encode: SchemaGetter.transform((centimes: number) => centimes / 100)
      }),
      keptAs(dinars)
    )

/** A price. */
export const Dinars = dinarsUpTo(maxDinars)

/** A sum of amounts: dinars on the wire, without the upper limit of a price. */
export const Total = Schema.Finite.annotate({ description: "Dinars, at most two decimals", examples: [25000] }).pipe(
  Schema.decodeTo(Centimes, {
    decode: SchemaGetter.transform((amount: number) => Math.round(amount * 100)),
    encode: SchemaGetter.transform((centimes: number) => centimes / 100)
  }),
  keptAs(dinars)
)

/** A number in a query is what people write: digits, and not all that `Number` takes. The contract calls it a number. */
const written = (pattern: RegExp, message: string, { example, ...shown }: WrittenNumber) =>
  Schema.String.check(Schema.isPattern(pattern, { message, toJsonSchema: () => shown, examples: [example] })).pipe(
    Schema.decodeTo(Schema.FiniteFromString)
  )

type WrittenNumber = {
  readonly type: "integer" | "number"
  readonly minimum: number
  readonly maximum: number
  readonly example: string
}

/** An amount in a query string. */
export const DinarsFromString = written(
  /^\d{1,10}(\.\d{1,2})?$/,
  "Expected an amount in dinars, such as 1500 or 1500.50",
  { type: "number", minimum: 0, maximum: maxDinars, example: "1500" }
)
  .check(...isAmount(maxDinars))
  .pipe(
    Schema.decodeTo(Centimes, {
      decode: SchemaGetter.transform((n: number) => Math.round(n * 100)),
      encode: SchemaGetter.transform((n: number) => n / 100)
    })
  )

const asText = { message: "Expected a text" }

const refusal = (message: string) => Effect.fail(new SchemaIssue.InvalidValue({ message }))

const read = (rule: TextRule) =>
  SchemaGetter.transformEffect((input: string) => {
    const found = readText(input, rule)
    return "fault" in found ? refusal(found.fault) : Effect.succeed(found.text)
  })

const textBy = (rule: TextRule) =>
  Schema.String.annotate(asText)
    .check(
      Schema.makeFilter<string>((input) => !isOverlong(input, rule.max), {
        message: `Expected at most ${rule.max} characters`,
        toJsonSchema: () => ({ minLength: 1, maxLength: rule.max })
      })
    )
    .pipe(Schema.decodeTo(Schema.String, { decode: read(rule), encode: SchemaGetter.passthrough() }))

/** A human text on one line, of at most `max` characters, never empty; `text.ts` says what becomes of it. */
export const Text = (max: number) => textBy({ max })

/** The same with line breaks. */
export const LongText = (max: number) => textBy({ max, lines: true })

const nameRule: TextRule = { max: 60 }

const plainName = (name: string) => {
  const found = readText(name, nameRule)
  return "fault" in found ? name : found.text
}

const nameFaults = (texts: Readonly<Record<string, string>>) => {
  const names = new Set<string>()
  return Object.keys(texts).flatMap((name) => {
    const found = readText(name, nameRule)
    if ("fault" in found) return [{ path: [name], issue: `${found.fault} as its name` }]
    const same = found.text.toLowerCase()
    if (names.has(same)) return [{ path: [name], issue: "Expected each name once" }]
    names.add(same)
    return []
  })
}

/** At most so many texts by names. The names are checked here, for a record leaves out a key that its schema does not take. */
export const NamedTexts = (max: number, most: number, what: string) =>
  Schema.Record(Schema.String, Text(max))
    .check(Schema.isMaxProperties(most, { message: `Expected at most ${most} ${what}` }), Schema.makeFilter(nameFaults))
    .pipe(
      Schema.decodeTo(Schema.Record(Schema.String, Schema.String), {
        decode: SchemaGetter.transform((texts: Readonly<Record<string, string>>) =>
          Object.fromEntries(Object.entries(texts).map(([name, text]) => [plainName(name), text]))
        ),
        encode: SchemaGetter.passthrough()
      })
    )

/** A number or code that people copy from anywhere, as `known` writes it once it is plain ASCII without blanks. */
export const Code = (known: (plain: string) => string | undefined, message: string) =>
  Schema.String.annotate(asText).pipe(
    Schema.decodeTo(Schema.String, {
      decode: SchemaGetter.transformEffect((input: string) => {
        const found = input.length > 80 ? undefined : known(codeOf(input))
        return found === undefined ? refusal(message) : Effect.succeed(found)
      }),
      encode: SchemaGetter.passthrough()
    })
  )

/** An Algerian mobile number, as people write it; inside always `+213…`. */
export const Phone = Code((plain) => {
  const digits = mobileIn(plain)
  return digits === undefined ? undefined : `+213${digits}`
}, "Expected an Algerian mobile number: 0 or +213, then 5, 6 or 7, then eight digits")

export const Email = Text(254).check(
  Schema.isPattern(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, { message: "Expected an e-mail address" })
)

/** How many of something: 1 to 100,000. */
export const Quantity = Schema.Int.annotate({ message: "Expected a whole number" }).check(
  Schema.isBetween({ minimum: 1, maximum: 100_000 }, { message: "Expected a whole number from 1 to 100,000" })
)

export const WilayaCode = Schema.Int.annotate({ message: "Expected a wilaya code" }).check(
  Schema.isBetween({ minimum: 1, maximum: 99 }, { message: "Expected a wilaya code, such as 16" })
)

/** An instant on the wire: ISO 8601 UTC. */
export const Instant = Schema.String.annotate({ format: "date-time", examples: ["2026-01-31T10:00:00.000Z"] }).pipe(
  keptAs(utc)
)

/** What an answer to a deletion says. */
export const Deleted = shape(
  "Deleted",
  { id: Schema.String, outcome: Schema.Literal("deleted") },
  { id: "0199e0a4-7777-7000-8000-000000000080", outcome: "deleted" }
)
export type Deleted = typeof Deleted.Type

/** An id in a body or a query. */
export const uuid = (message = "Expected an id") =>
  Schema.String.annotate({ message }).check(Schema.isUUID(undefined, { message }))

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** An id in a path. One that is no UUID names nothing, so it is answered as any absent thing. */
export const isUuid = (id: string) => uuidPattern.test(id)

/** Rows that can be reached by page number. Past as many a total may be an estimate; of a large table before (pageSql.ts). */
export const maxOffset = 10_000

const wholeNumber = (minimum: number, maximum: number, example: string) => {
  const message = `Expected a whole number from ${minimum} to ${maximum}`
  return written(/^\d{1,9}$/, message, { type: "integer", minimum, maximum, example }).check(
    Schema.isBetween({ minimum, maximum }, { message })
  )
}

/** What the contract shows of a parameter. */
export const shown = <S extends Schema.Top>(schema: S, example: S["Encoded"], description?: string) =>
  schema.pipe(Schema.annotateEncoded({ examples: [example], ...(description === undefined ? {} : { description }) }))

/** In characters. */
export const longestCursor = 4096

/** The query parameters of every list. */
export const pageQuery = {
  page: Schema.optionalKey(wholeNumber(1, maxOffset, "1")),
  limit: wholeNumber(1, 100, "20").pipe(Schema.withDecodingDefaultKey(Effect.succeed("20"))),
  cursor: Schema.optionalKey(
    Schema.String.check(
      Schema.isMaxLength(longestCursor, { message: `Expected at most ${longestCursor} characters` })
    ).annotate({
      description: "next_cursor of the page before, instead of page"
    })
  )
}

export type PageQuery = {
  readonly page?: number
  readonly limit: number
  readonly cursor?: string
}

export const PageMeta = shape(
  "PageMeta",
  {
    page: Schema.Int,
    limit: Schema.Int,
    total: Schema.Int,
    total_is_estimate: Schema.optionalKey(Schema.Boolean),
    total_pages: Schema.Int,
    has_next: Schema.Boolean,
    has_prev: Schema.Boolean,
    next_cursor: Schema.NullOr(Schema.String)
  },
  { page: 1, limit: 20, total: 1, total_pages: 1, has_next: false, has_prev: false, next_cursor: null }
)
export type PageMeta = typeof PageMeta.Type
