import { Schema } from "effect"
import { UserId } from "../auth/model.ts"
import { eventType } from "../events/eventType.ts"

const user = Schema.Struct({ id: UserId })

/** Access ended at once, and a shop closed with it. */
export const userBanned = eventType({ name: "user.banned", payload: user })
export const userUnbanned = eventType({ name: "user.unbanned", payload: user })

/** Clerk knows the person no more: access ended at once, and a shop closed with it. */
export const userClosed = eventType({ name: "user.closed", payload: user })

/** A person was forgotten, with whatever of theirs no order needs. */
export const userErased = eventType({ name: "user.erased", payload: user })
