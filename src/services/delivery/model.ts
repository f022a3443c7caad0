import { Schema } from "effect"

/** A province. Codes stay; later ones came with a reform, on the day of its law. */
export const Wilaya = Schema.Struct({
  code: Schema.Int,
  name_fr: Schema.String,
  name_ar: Schema.String,
  valid_from: Schema.String.annotate({ format: "date", examples: ["1984-02-04"] })
}).annotate({ identifier: "Wilaya" })
export type Wilaya = typeof Wilaya.Type
