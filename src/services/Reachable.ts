import { Context, type Effect } from "effect"

/** Whether the database answers, asked on a connection that nothing else uses. */
export class Reachable extends Context.Service<Reachable, Effect.Effect<boolean>>()("zst/Reachable") {}
