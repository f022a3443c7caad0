import { Context } from "effect"

/** Whether what is done will be taken back: whoever only tries keeps nobody waiting for all that a shop has. */
export const Rehearsal = Context.Reference<boolean>("zst/Rehearsal", { defaultValue: () => false })
