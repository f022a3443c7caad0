import type { Role } from "../auth/model.ts"

/** Why somebody of this role cannot become a seller; undefined when they can. */
export const barToSelling = (role: Role): "seller" | "admin" | undefined =>
  role === "seller" || role === "admin" ? role : undefined
