/** Entity tags as HTTP writes them (RFC 9110, 8.8.3): `"tag"`, `W/"tag"`, in lists. */
import { tagLength } from "../../services/precondition.ts"
import type { Coding } from "./coding.ts"

const listed = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/g

/** A strong tag names bytes, which differ from one content coding to another: it ends with the coding. */
const coded = new RegExp(`^([\\w-]{${tagLength}})-(?:br|gzip)$`)

export const entityTag = (tag: string, coding: Coding) => (coding === undefined ? `"${tag}"` : `"${tag}-${coding}"`)

export type Listed = { readonly weak: boolean; readonly tag: string }

/** The tags of a list, whatever else is in it, without the coding: it is no part of what changes. */
export const tagsIn = (list: string): ReadonlyArray<Listed> =>
  [...list.matchAll(listed)].map(([, weak, opaque = ""]) => ({
    weak: weak !== undefined,
    tag: coded.exec(opaque)?.[1] ?? opaque
  }))

/** Nothing is in the list but tags, and at least one. */
export const isTagList = (list: string) => {
  const rest = list.replace(listed, "")
  return rest.length < list.length && /^[\s,]*$/.test(rest)
}

/** Whether an `If-None-Match` names this tag; here weak tags count as well (RFC 9110, 13.1.2). */
export const isNamedIn = (ifNoneMatch: string | undefined, tag: string) =>
  ifNoneMatch !== undefined && (ifNoneMatch.trim() === "*" || tagsIn(ifNoneMatch).some((named) => named.tag === tag))
