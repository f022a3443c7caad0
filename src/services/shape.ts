/** Shapes of the wire: their schemas, each with what it looks like there, and how their values come out of columns. */
import { Schema, SchemaAST } from "effect"

/**
 * A struct that the contract names. Its example is in wire form, as the contract shows it and as the contract's test
 * decodes it.
 */
export const shape = <const Fields extends Schema.Struct.Fields>(
  name: string,
  fields: Fields,
  example: Schema.Struct<Fields>["Encoded"]
) => shown(Schema.Struct(fields).annotate({ identifier: name }), example)

/** The same schema with an example in its wire form, for what has no name in the contract. */
export const shown = <S extends Schema.Top>(schema: S, example: S["Encoded"]): S["Rebuild"] =>
  schema.annotate({ examples: [example] } satisfies Schema.Annotations.Annotations)

/** The example of a shape, to build that of another with. */
export const exampleOf = <S extends Schema.Top>(schema: S): S["Encoded"] => {
  const examples = schema.ast.annotations?.examples
  if (!Array.isArray(examples)) throw new Error("This shape has no example")
  return examples[0]
}

const columnKey = "zst/column"

/** The SQL that makes the wire form of the value that a column, or any expression, holds. */
type Write = (expression: string) => string

/** Says of a schema that its values are kept in another form than the wire's, and how SQL makes the one of the other. */
export const keptAs =
  (write: Write) =>
  <S extends Schema.Top>(schema: S): S["Rebuild"] =>
    schema.annotate({ [columnKey]: write })

const resolveWrite = SchemaAST.resolveAt<Write>(columnKey)

const plain: Write = (expression) => expression

/**
 * How a field is written from a column: as it is, unless its schema says otherwise. Undefined where the schema says that
 * both differ, and not how.
 */
export const writeOf = (ast: SchemaAST.AST): Write | undefined => {
  const own = resolveWrite(ast)
  if (own !== undefined) return own
  // null is written as null by every function of SQL.
  if (SchemaAST.isUnion(ast)) {
    const members = ast.types.filter((member) => !SchemaAST.isNull(member)).map(writeOf)
    return members.every((write) => write === members[0]) ? members[0] : undefined
  }
  return ast.encoding === undefined ? plain : undefined
}
