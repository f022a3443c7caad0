import { Schema } from "effect"
import { Text } from "../model.ts"
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

const wilayaMessage = { message: "Expected a wilaya: its name in French or Arabic, or its code" }

/** As people write it: a name in French or Arabic, or a code. Which it is, `Wilayas.named` says. */
export const WilayaName = Schema.Union([Text(60), Schema.Int])
  .annotate(wilayaMessage)
  .annotate({ description: "Its name in French or Arabic, or its code", examples: ["Alger", 16] })
export type WilayaName = typeof WilayaName.Type
