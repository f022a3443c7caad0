import { type AddressId, maxAddresses } from "./model.ts"

/** What a user has: the newest first, one of them the default. */
export type Kept = ReadonlyArray<{ readonly id: AddressId; readonly is_default: boolean }>

export const hasRoomFor = (kept: Kept, id: AddressId) =>
  kept.length < maxAddresses || kept.some((address) => address.id === id)

/** Which address is the default without `id`: the one that is, or the newest. */
export const defaultWithout = (kept: Kept, id: AddressId): AddressId | undefined => {
  const others = kept.filter((address) => address.id !== id)
  return (others.find(({ is_default }) => is_default) ?? others[0])?.id
}

/** Which address is the default once `id` is written and wants to be it, wants not to, or does not say. */
export const defaultWith = (kept: Kept, id: AddressId, wanted: boolean | undefined): AddressId => {
  const was = kept.some((address) => address.id === id && address.is_default)
  return (wanted ?? was) ? id : (defaultWithout(kept, id) ?? id)
}
