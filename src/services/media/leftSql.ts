import type { Uses } from "../Uses.ts"

/** Beside uploads under way: nothing is touched that is younger. A video waits longer for its reel than a picture. */
const unusedFor = "24 hours"
const unusedVideoFor = "7 days"

/** Over media m: nothing shows it, or its upload was never completed. What is uploading nothing can use. */
export const isLeft = ({ isUnused }: Uses["Service"]) => `(
  m.updated_at < now() - CASE WHEN m.kind = 'image' OR m.status = 'uploading' THEN interval '${unusedFor}'
    ELSE interval '${unusedVideoFor}' END
  AND ${isUnused("media", "m", "row by row")})`

/** One row at a time is looked up in an index: the first that uses it is enough, and there is no end to those that may. */
export const byProbes = { enable_seqscan: "off", enable_bitmapscan: "off" }
