/**
 * The vocabulary that every domain shares: money, texts, phones and pages, as they are on the wire.
 */
import { Effect, Schema, SchemaGetter, SchemaIssue } from "effect"
import { keptAs, shape } from "./shape.ts"
import { dinars, utc } from "./sql.ts"

/** Amounts inside are integer centimes; on the wire they are dinars with at most two decimals. */
export const Centimes = Schema.Int.pipe(Schema.brand("Centimes"))
export type Centimes = typeof Centimes.Type

const maxDinars = 1_000_000_000

/** What sums of amounts lose as floats is forgiven. */
const isCentimes = (n: number) => Math.abs(n * 100 - Math.round(n * 100)) < 1e-4 + Math.abs(n) * 1e-13

const isAmount = (maximum: number) => {
  const most = maximum.toLocaleString("en")
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

/** An amount in a query string. */
export const DinarsFromString = Schema.FiniteFromString.annotate({ message: "Expected a number" })
  .check(...isAmount(maxDinars))
  .pipe(
    Schema.decodeTo(Centimes, {
      decode: SchemaGetter.transform((n: number) => Math.round(n * 100)),
      encode: SchemaGetter.transform((n: number) => n / 100)
    })
  )

/** PostgreSQL cannot store NUL, and no name has control characters; line breaks are allowed in long texts. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is being refused
const controlCharacters = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/

/** Nor half of a surrogate pair, which is no text at all. */
const isPlain = (text: string) => !controlCharacters.test(text) && text.isWellFormed()

const isPlainText = Schema.makeFilter<string>(isPlain, { message: "Expected text without control characters" })

const notEmpty = { message: "Expected a text that is not empty" }

const nameFault = (name: string) => {
  if (name === "") return "Expected a name that is not empty"
  if (name.length > 60) return "Expected a name of at most 60 characters"
  if (name !== name.trim()) return "Expected a name without blanks around it"
  return isPlain(name) ? undefined : "Expected a name without control characters"
}

/** Texts by names. The names are checked here, for a record leaves out a key that its schema does not take. */
export const NamedTexts = (max: number) =>
  Schema.Record(Schema.String, Text(max)).check(
    Schema.makeFilter((texts) =>
      Object.keys(texts).flatMap((name) => {
        const issue = nameFault(name)
        return issue === undefined ? [] : [{ path: [name], issue }]
      })
    )
  )

/** A trimmed, non-empty text of at most `max` characters. */
export const Text = (max: number) =>
  Schema.String.annotate({ message: "Expected a text" })
    .check(
      Schema.isMinLength(1, notEmpty),
      Schema.isMaxLength(max, { message: `Expected at most ${max} characters` }),
      isPlainText
    )
    .pipe(
      Schema.decodeTo(Schema.String.check(Schema.isMinLength(1, notEmpty)), {
        decode: SchemaGetter.trim(),
        encode: SchemaGetter.passthrough()
      })
    )

const phonePattern = /^(?:\+213|00213|0)([567]\d{8})$/

/** An Algerian mobile number, `0555123456` or `+213555123456`, spaces and dashes allowed; inside always `+213…`. */
export const Phone = Schema.String.annotate({ message: "Expected a text" }).pipe(
  Schema.decodeTo(Schema.String, {
    decode: SchemaGetter.transformEffect((input: string) => {
      const digits = input.length > 32 ? undefined : phonePattern.exec(input.replace(/[\s.()-]/g, ""))?.[1]
      return digits === undefined
        ? Effect.fail(
            new SchemaIssue.InvalidValue({
              message: "Expected an Algerian mobile number: 0 or +213, then 5, 6 or 7, then eight digits"
            })
          )
        : Effect.succeed(`+213${digits}`)
    }),
    encode: SchemaGetter.passthrough()
  })
)

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

/** Rows that can be reached by page number, and the count past which a total may be an estimate. */
export const maxOffset = 10_000

const wholeNumber = (minimum: number, maximum: number) =>
  Schema.FiniteFromString.annotate({ message: "Expected a number" }).check(
    Schema.isInt({ message: "Expected a whole number" }),
    Schema.isBetween({ minimum, maximum }, { message: `Expected a whole number from ${minimum} to ${maximum}` })
  )

/** The query parameters of every list. */
export const pageQuery = {
  page: Schema.optionalKey(wholeNumber(1, maxOffset)),
  limit: wholeNumber(1, 100).pipe(Schema.withDecodingDefaultKey(Effect.succeed("20"))),
  cursor: Schema.optionalKey(
    Schema.String.check(Schema.isMaxLength(512, { message: "Expected at most 512 characters" }))
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
