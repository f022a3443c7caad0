import { Schema } from "effect"
import { Text, WilayaCode } from "../model.ts"
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

/** A wilaya as clients name it: its name in French or Arabic, or its code. */
export const NamedWilaya = Schema.Union([Text(60), WilayaCode]).annotate({
  description: "A wilaya: its name in French or Arabic, or its code",
  examples: ["Alger"]
})
export type NamedWilaya = typeof NamedWilaya.Type
