/** Lists and maps that are longer than they may be are refused before anybody looks at what they hold. */
import { type Schema, SchemaAST } from "effect"

export type Fault = { readonly field: string; readonly message: string }

type Look = (value: unknown, field: string, faults: Array<Fault>) => void

/** The bound that a check sets, and what it says. */
const boundOf = (ast: SchemaAST.AST, name: "maxLength" | "maxProperties") => {
  for (const { annotations } of ast.checks ?? []) {
    const most = (annotations?.representation as { payload?: Record<string, unknown> } | undefined)?.payload?.[name]
    if (typeof most === "number") return { most, message: String(annotations?.message ?? `Expected at most ${most}`) }
  }
  return undefined
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const below = (field: string, name: string) => (field === "" ? name : `${field}.${name}`)

const lookInto = (ast: SchemaAST.AST): Look | undefined => {
  if (SchemaAST.isArrays(ast)) {
    const bound = boundOf(ast, "maxLength")
    const inner = ast.rest[0] === undefined ? undefined : lookInto(ast.rest[0])
    if (bound === undefined && inner === undefined) return undefined
    return (value, field, faults) => {
      if (!Array.isArray(value)) return
      if (bound !== undefined && value.length > bound.most) faults.push({ field, message: bound.message })
      else if (inner !== undefined) for (const [i, item] of value.entries()) inner(item, `${field}[${i}]`, faults)
    }
  }
  if (SchemaAST.isObjects(ast)) {
    const bound = boundOf(ast, "maxProperties")
    const fields = ast.propertySignatures.flatMap(({ name, type }) => {
      const look = lookInto(type)
      return look === undefined ? [] : [{ name: String(name), look }]
    })
    if (bound === undefined && fields.length === 0) return undefined
    return (value, field, faults) => {
      if (!isMap(value)) return
      if (bound !== undefined && Object.keys(value).length > bound.most) faults.push({ field, message: bound.message })
      else for (const { name, look } of fields) look(value[name], below(field, name), faults)
    }
  }
  if (SchemaAST.isUnion(ast)) {
    const looks = ast.types.flatMap((type) => lookInto(type) ?? [])
    if (looks.length === 0) return undefined
    return (...seen) => {
      for (const look of looks) look(...seen)
    }
  }
  return undefined
}

const mostFaults = 20

/** undefined: nothing in this schema has an end of its own. */
export const lengthsOf = (schema: Schema.Top) => {
  const look = lookInto(schema.ast)
  if (look === undefined) return undefined
  return (body: unknown): ReadonlyArray<Fault> => {
    const faults: Array<Fault> = []
    look(body, "", faults)
    return faults.slice(0, mostFaults)
  }
}
