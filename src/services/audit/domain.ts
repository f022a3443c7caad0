import { Effect } from "effect"
import { domain } from "../domain.ts"
import { Audit } from "./Audit.ts"

export const audit = domain({
  name: "audit",
  layer: Audit.layer,
  people: { "audit_log.actor_id": "kept", "audit_log.about": "anonymised" },
  erase: Effect.map(Audit, ({ forgetPerson }) => forgetPerson)
})
