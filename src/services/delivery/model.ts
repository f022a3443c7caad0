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
    valid_from: Schema.String.annotate({ format: "date", examples: ["1984-02-04"] }),
    parent: Schema.NullOr(Schema.Int).annotate({ description: "The code of the one that it was part of" })
  },
  { code: 60, name_fr: "Barika", name_ar: "بريكة", valid_from: "2026-04-04", parent: 5 }
)
export type Wilaya = typeof Wilaya.Type

const wilayaMessage = { message: "Expected a wilaya: its name in French or Arabic, or its code" }

/** As people write it: a name in French or Arabic, or a code. Which it is, `Wilayas.named` says. */
export const WilayaName = Schema.Union([Text(60), Schema.Int])
  .annotate(wilayaMessage)
  .annotate({ description: "Its name in French or Arabic, or its code", examples: ["Alger", 16] })
export type WilayaName = typeof WilayaName.Type
