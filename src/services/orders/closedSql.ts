import { finished } from "./policy.ts"

const endings = finished.map((status) => `'${status}'`).join(", ")

/**
 * Over an order or a part of one: nothing more will come of it, or nothing has for so many days that nobody waits for the
 * parcel. What is pending ends by itself (`Expiry.ts`).
 */
export const isClosed = (alias: "o" | "so", abandonedDays: number) =>
  `(${alias}.status IN (${endings}) OR (${alias}.status <> 'pending'
    AND ${alias}.updated_at < now() - make_interval(days => ${abandonedDays})))`
