import { Context, Effect, Option } from "effect"
import type { ClerkUser } from "./clerkUser.ts"

/**
 * Asks the identity provider about a user whom we see for the first time. It answers within two seconds and never
 * fails: none when the provider does not know, or cannot be asked. Unless an adapter is there it never can.
 */
export const Profiles = Context.Reference<{
  readonly find: (clerkId: string) => Effect.Effect<Option.Option<ClerkUser>>
}>("zst/auth/Profiles", { defaultValue: () => ({ find: () => Effect.succeed(Option.none()) }) })
