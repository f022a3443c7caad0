import { randomBytes } from "node:crypto"

const hex = (n: number, digits: number) => n.toString(16).padStart(digits, "0")

const shaped = (ms: number, digits: string, tail: string) => {
  const time = hex(ms, 12)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${digits}-${tail}`
}

/** A UUID v7 that was made at this time, so that ids sort as what they name was created. */
export const uuidV7At = (ms: number) => {
  const random = randomBytes(8)
  random.writeUInt8((random.readUInt8() & 0x3f) | 0x80)
  const tail = random.toString("hex")
  return shaped(ms, hex(randomBytes(2).readUInt16BE() & 0xfff, 3), `${tail.slice(0, 4)}-${tail.slice(4)}`)
}

/** Marks the ids of generated rows, whose last eight digits are their number: no other id has it by chance. */
const mark = "a5ed-5eed"

export const isGenerated = `substr(id::text, 20, 9) = '${mark}'`
export const generatedNumber = "('x' || substr(id::text, 29))::bit(32)::bigint"

const kinds = ["seller", "customer", "product", "order"] as const

export const generatedId = (kind: (typeof kinds)[number], ms: number, number: number) =>
  shaped(ms, hex(kinds.indexOf(kind), 3), `${mark}${hex(number, 8)}`)
