import { Context } from "effect"

/** Whether this process is to write nothing: its sessions are then refused every write by PostgreSQL itself. */
export const OnlyReading = Context.Reference<boolean>("zst/OnlyReading", { defaultValue: () => false })
