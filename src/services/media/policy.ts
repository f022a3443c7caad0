import type { Caller, UserId } from "../auth/model.ts"
import { maxImageBytes, maxUnusedUploads, maxVideoBytes } from "./limits.ts"
import type { Purpose } from "./model.ts"

/** Who may see an upload, complete it and delete it. To anybody else it does not exist. */
export const mayReach = (caller: Pick<Caller, "id" | "role">, { owner_id }: { readonly owner_id: UserId }) =>
  owner_id === caller.id || caller.role === "admin"

export type Kind = "image" | "video"

export const kindOf = (content_type: string): Kind => (content_type.startsWith("image/") ? "image" : "video")

/** What is made of an upload of this type, if it is a picture. */
export const purposeOf = (content_type: string, asked: Purpose = "product") =>
  kindOf(content_type) === "image" ? asked : null

export const maxBytes = (kind: Kind) => (kind === "image" ? maxImageBytes : maxVideoBytes)

/** Whether somebody with so many uploads that nothing uses may begin another. */
export const hasRoom = (unused: number) => unused < maxUnusedUploads
