import type { UserId } from "../auth/model.ts"
import type { PushTokenId, RegisterPushToken } from "./model.ts"

export const maxDevices = 20

export type Registered = {
  readonly id: PushTokenId
  readonly user_id: UserId
  readonly push_token: string
  readonly device_id: string | null
  readonly registered_at: Date
}

/**
 * What a registration changes among the tokens of its user and whoever has the same token: the one that it renews, if
 * the device or the token is known, and those that go. A token leaves the account that had it before, and of too many
 * devices the one that registered longest ago goes.
 */
export const settle = (
  known: ReadonlyArray<Registered>,
  user: UserId,
  { push_token, device_id }: Pick<RegisterPushToken, "push_token" | "device_id">
): { readonly renewed: Registered | undefined; readonly gone: ReadonlyArray<PushTokenId> } => {
  const own = known.filter(({ user_id }) => user_id === user)
  const sameDevice = device_id ? own.find((other) => other.device_id === device_id) : undefined
  const renewed = sameDevice ?? own.find((other) => other.push_token === push_token)
  const replaced = known.filter((other) => other.push_token === push_token && other !== renewed)
  const others = own
    .filter((other) => other.push_token !== push_token && other !== renewed)
    .toSorted((a, b) => a.registered_at.getTime() - b.registered_at.getTime())
  const oldest = others.slice(0, Math.max(0, others.length + 1 - maxDevices))
  return { renewed, gone: [...replaced, ...oldest].map(({ id }) => id) }
}
