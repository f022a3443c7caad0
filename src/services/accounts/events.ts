import { Schema } from "effect"
import { UserId } from "../auth/model.ts"
import { eventType } from "../events/eventType.ts"

/** A person was forgotten, with whatever of theirs no order needs. */
export const userErased = eventType({ name: "user.erased", payload: Schema.Struct({ id: UserId }) })
