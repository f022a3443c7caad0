/** How uploads are read, and what their owners are shown of them. */
import type { UserId } from "../auth/model.ts"
import type { Media, MediaStatus, Purpose, StoredRendition } from "./model.ts"

export type MediaRow = {
  readonly id: string
  readonly owner_id: UserId
  readonly kind: "image" | "video"
  /** Of a picture, and of no video. */
  readonly purpose: Purpose | null
  readonly status: MediaStatus
  readonly error: string | null
  readonly progress: number
  readonly upload_key: string | null
  readonly key: string | null
  readonly content_type: string | null
  readonly size: number | null
  readonly width: number | null
  readonly height: number | null
  readonly duration_ms: number | null
  readonly renditions: ReadonlyArray<StoredRendition>
  readonly created_at: Date
  readonly updated_at: Date
}

/** Over media m. */
export const mediaColumns = `m.id, m.owner_id, m.kind, m.purpose, m.status, m.error, m.progress, m.upload_key, m.key,
  m.content_type, m.size, m.width, m.height, m.duration_ms, m.renditions, m.created_at, m.updated_at`

export const posterName = "poster"

/** The work on a video has failed: what was made of it before can be shown as well as ever. */
export const asFailed = `progress = CASE renditions WHEN '[]' THEN progress ELSE 100 END,
  status = CASE renditions WHEN '[]' THEN 'failed' ELSE 'ready' END`

export const mediaOf = (row: MediaRow, urlOf: (key: string) => string): Media => {
  const poster = row.renditions.find(({ name }) => name === posterName)
  const { id, kind, purpose, status, error, progress, content_type, size, width, height, duration_ms } = row
  return {
    id,
    kind,
    purpose,
    status,
    progress,
    error: status === "failed" ? error : null,
    content_type,
    size,
    width,
    height,
    duration_ms,
    poster_url: poster === undefined ? null : urlOf(poster.key),
    renditions: row.renditions
      .filter(({ name }) => name !== posterName)
      .map((rendition) => ({
        name: rendition.name,
        url: urlOf(rendition.key),
        width: rendition.width,
        height: rendition.height
      })),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString()
  }
}

/** Every object that a row names. */
export const keysOf = ({ key, upload_key, renditions }: Pick<MediaRow, "key" | "upload_key" | "renditions">) => [
  ...new Set([
    ...(key === null ? [] : [key]),
    ...(upload_key === null ? [] : [upload_key]),
    ...renditions.map((r) => r.key)
  ])
]
