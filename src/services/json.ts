/**
 * SQL that writes a wire type. An expression knows what it writes, so that a shape is written down once: its schema, and
 * beside it where those of its fields come from that are not columns of the same name.
 */
import type { Schema, Types } from "effect"
import { writeOf } from "./shape.ts"

/**
 * A SQL expression that writes an `A` in its wire form. It has no parameters: what depends on the caller is joined to the
 * rows that it reads.
 */
export type Json<A> = Expression<A>

class Expression<A> {
  declare readonly Wire: Types.Invariant<A>
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** That of an object, whose fields can be chosen from. */
export type ObjectJson<A> = ObjectExpression<A>

class ObjectExpression<A> extends Expression<A> {
  readonly fields: ReadonlyArray<Field>
  constructor(fields: ReadonlyArray<Field>) {
    super(objectText(fields))
    this.fields = fields
  }
}

type Field = { readonly name: string; readonly isOptional: boolean; readonly text: string }

/** Standard SQL, and no function: json_build_object would take 50 fields at most. */
const objectText = (fields: ReadonlyArray<Field>) =>
  `JSON_OBJECT(${fields.map(({ name, text }) => `'${name}': ${text}`).join(", ")})`

type FieldSchema = { readonly Type: unknown; readonly Encoded: unknown }

type NestedJson<T> = null extends T ? Json<T> | Json<Exclude<T, null>> : Json<T>

/** Objects and arrays are no columns: where they come from must be said. */
type NestedNames<Fields extends Schema.Struct.Fields> = {
  readonly [Name in keyof Fields]: [Extract<Fields[Name]["Encoded"], object>] extends [never] ? never : Name
}[keyof Fields]

type Sources<Fields extends Schema.Struct.Fields> = {
  readonly [Name in NestedNames<Fields>]: NestedJson<(Fields[Name] & FieldSchema)["Type"]>
} & {
  readonly [Name in Exclude<keyof Fields, NestedNames<Fields>>]?: string
}

/**
 * An object with the fields of this struct, over a table's alias. A field `f` is read from the column `alias.f`, unless
 * `sources` gives another expression of the same kind as the column would be: money in centimes, times as times.
 */
export const jsonOf = <Fields extends Schema.Struct.Fields>(
  { fields }: Schema.Struct<Fields>,
  alias: string,
  ...[sources]: [NestedNames<Fields>] extends [never] ? [sources?: Sources<Fields>] : [sources: Sources<Fields>]
): ObjectJson<Schema.Struct<Fields>["Type"]> => {
  const given = new Map<string, string | Json<unknown>>(Object.entries(sources ?? {}))
  const unknown = [...given.keys()].find((name) => !Object.hasOwn(fields, name))
  if (unknown !== undefined) throw new Error(`${unknown} is no field of this shape`)
  return new ObjectExpression(
    Object.entries(fields).map(([name, { ast }]) => {
      const source = given.get(name) ?? `${alias}.${name}`
      return { name, isOptional: ast.context?.isOptional === true, text: textOf(name, ast, source) }
    })
  )
}

const textOf = (name: string, ast: Schema.Top["ast"], source: string | Json<unknown>) => {
  if (typeof source !== "string") return source.text
  const write = writeOf(ast)
  if (write === undefined) throw new Error(`How ${name} is written from its column is not said: see keptAs`)
  return write(source)
}

/** The same object with these of its optional fields alone, in its own order. */
export const only = <A>({ fields }: ObjectJson<A>, names: ReadonlyArray<keyof A>): ObjectJson<A> => {
  const chosen = new Set<PropertyKey>(names)
  return new ObjectExpression<A>(fields.filter(({ name, isOptional }) => !isOptional || chosen.has(name)))
}

/** What a column of JSON holds in the form of the wire already. */
export const stored = <S extends Schema.Top>(_: S, expression: string): Json<S["Type"]> => new Expression(expression)

/** null where this condition does not hold. */
export const nullUnless = <A>(condition: string, json: Json<A>): Json<A | null> =>
  new Expression(`CASE WHEN ${condition} THEN ${json.text} END`)

/** Of every row that the statement aggregates. */
export const aggregated = <A>(json: Json<A>, order: string): Json<ReadonlyArray<A>> =>
  new Expression(`coalesce(json_agg(${json.text} ORDER BY ${order}), '[]')`)

/** Of every row of a FROM with its WHERE, which may name the rows outside. Cheaper than an aggregate by a third. */
export const each = <A>(json: Json<A>, from: string, order: string): Json<ReadonlyArray<A>> =>
  new Expression(`array_to_json(ARRAY(SELECT ${json.text} FROM ${from} ORDER BY ${order}))`)

/** Of the row of a FROM with its WHERE; null without one. */
export const firstOf = <A>(json: Json<A>, from: string): Json<A | null> =>
  new Expression(`(SELECT ${json.text} FROM ${from})`)

/** An array of one. */
export const single = <A>(json: Json<A>): Json<ReadonlyArray<A>> => new Expression(`json_build_array(${json.text})`)
