import { Deleted } from "./model.ts"
import { encode } from "./wire.ts"

const encodeDeleted = encode(Deleted)

/** The answer to a deletion. */
export const deleted = (id: string) => encodeDeleted({ id, outcome: "deleted" })
