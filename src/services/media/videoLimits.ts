/** What may be uploaded. */
export const maxVideoBytes = 100 * 1024 * 1024
export const maxVideoSeconds = 90
/** Of either side, in pixels. */
export const maxVideoSide = 4096
