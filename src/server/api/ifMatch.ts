import { Effect, Schema, SchemaGetter, SchemaIssue } from "effect"
import type { Expected } from "../../services/precondition.ts"
import { isTagList, tagsIn } from "../http/entityTag.ts"

/** Tags are compared strongly, so that a weak one is none (RFC 9110, 13.1.1). */
const expectedOf = (header: string): Expected | undefined => {
  if (header.trim() === "*") return "*"
  if (!isTagList(header)) return undefined
  return tagsIn(header).flatMap(({ weak, tag }) => (weak ? [] : [tag]))
}

const IfMatch = Schema.String.annotate({
  description: "ETags of the versions that the change is meant for, or *; any other version is left as it is: 412",
  examples: ['"q3Zt0hT2RkWm8nYb5vXc1A"']
}).pipe(
  Schema.decodeTo(Schema.Union([Schema.Literal("*"), Schema.Array(Schema.String)]), {
    decode: SchemaGetter.transformEffect((header: string) => {
      const expected = expectedOf(header)
      return expected === undefined
        ? Effect.fail(new SchemaIssue.InvalidValue({ message: "Expected ETags in double quotes, or *" }))
        : Effect.succeed(expected)
    }),
    encode: SchemaGetter.transform((expected: Expected) =>
      expected === "*" ? expected : expected.map((tag) => `"${tag}"`).join(", ")
    )
  })
)

/** The header of a PATCH that may be meant for one version of its resource. */
export const ifMatch = { "if-match": Schema.optionalKey(IfMatch) }
