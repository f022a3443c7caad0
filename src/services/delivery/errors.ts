import { invalidField } from "../errors.ts"

/** `field` as the client sent it. */
export const unknownWilaya = (field: string) => invalidField(field, "There is no such wilaya; see /api/v1/wilayas")
