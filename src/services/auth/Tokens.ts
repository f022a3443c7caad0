import { Context, type Effect } from "effect"
import type { Claims } from "./claims.ts"
import type { InvalidToken } from "./errors.ts"

/** Says whose a bearer token is. An answer holds until `expires_at`; who that person may be is not in the token. */
export class Tokens extends Context.Service<
  Tokens,
  {
    verify(token: string): Effect.Effect<Claims, InvalidToken>
  }
>()("zst/auth/Tokens") {}
