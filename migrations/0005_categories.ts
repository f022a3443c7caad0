import { SecureRandom } from "effect/crypto"
import { categories } from "./data/categories.ts"
import { insertRows } from "./script.ts"

type Row = {
  readonly id: string
  readonly parent_id: string | null
  readonly slug: string
  readonly name_fr: string
  readonly name_ar: string
  readonly position: number
}

const rows = categories.flatMap((root, index): Array<Row> => {
  const id = SecureRandom.uuidV7Unsafe()
  const { children = [], ...labels } = root
  return [
    { id, parent_id: null, ...labels, position: index },
    ...children.map((child, position) => ({ id: SecureRandom.uuidV7Unsafe(), parent_id: id, ...child, position }))
  ]
})

export default insertRows("categories", rows, categories)
