import { Context, type Effect } from "effect"
import type { Unavailable } from "../errors.ts"
import type { Claims } from "./claims.ts"
import type { InvalidToken } from "./errors.ts"

/**
 * Says whose a bearer token is. An answer holds until `expires_at`; who that person may be is not in the token.
 * Unavailable: the keys to verify it with cannot be had, so it may be good.
 */
export class Tokens extends Context.Service<
  Tokens,
  {
    verify(token: string): Effect.Effect<Claims, InvalidToken | Unavailable>
  }
>()("zst/auth/Tokens") {}
