import { Schema } from "effect"
import { shape } from "../shape.ts"

/** A province. Codes stay; later ones came with a reform, on the day of its law. */
export const Wilaya = shape(
  "Wilaya",
  {
    code: Schema.Int,
    name_fr: Schema.String,
    name_ar: Schema.String,
    valid_from: Schema.String.annotate({ format: "date", examples: ["1984-02-04"] })
  },
  { code: 16, name_fr: "Alger", name_ar: "الجزائر", valid_from: "1984-02-04" }
)
export type Wilaya = typeof Wilaya.Type
