import { domain } from "../domain.ts"
import { Events } from "./Events.ts"

export const events = domain({ name: "events", layer: Events.layer })
