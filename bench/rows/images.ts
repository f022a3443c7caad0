import { readFileSync, writeFileSync } from "node:fs"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import sharp from "sharp"
import type { Comparison } from "../compare.ts"
import type { Stage } from "../stage.ts"
import { constantHeaders, requestFile } from "./files.ts"
import { tokenOf } from "./tokens.ts"

const boundary = "bench-boundary"
const contentType = `multipart/form-data; boundary=${boundary}`

/** A photograph as far as encoders can tell: soft shapes and a sensor's noise. */
const photograph = async () => {
  const [width, height] = [1600, 1200]
  const noise = { type: "gaussian" as const, mean: 128, sigma: 60 }
  const soft = await sharp({ create: { width: 32, height: 24, channels: 3, background: "#777", noise } })
    .resize(width, height, { kernel: "cubic" })
    .png()
    .toBuffer()
  const grain = await sharp({
    create: { width, height, channels: 3, background: "#777", noise: { ...noise, sigma: 12 } }
  })
    .png()
    .toBuffer()
  return sharp(soft)
    .composite([{ input: grain, blend: "soft-light" }])
    .jpeg({ quality: 85 })
    .toBuffer()
}

const form = (file: Buffer) =>
  Buffer.concat([
    Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="photo.jpg"\r\n`),
    Buffer.from("content-type: image/jpeg\r\n\r\n"),
    file,
    Buffer.from(`\r\n--${boundary}--\r\n`)
  ])

export const images = Effect.fnUntraced(function* (stage: Stage, ours: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ id: string }>`SELECT id FROM products WHERE status = 'active' ORDER BY id`
  // Administrators may add to any product: so many that none gets its eleventh picture.
  const paths = rows.map(({ id }) => `/api/v1/products/${id}/images`)
  const [path = ""] = paths
  const file = `${stage.directory}/images.form`
  writeFileSync(file, form(yield* Effect.promise(photograph)))
  const headers = { "content-type": contentType, authorization: `Bearer ${tokenOf(stage, "admin", "bench")}` }
  const body = readFileSync(file)
  const { response, image } = yield* Effect.promise(async () => {
    const response = await fetch(`${ours}${path}`, { method: "POST", headers, body })
    return { response, image: JSON.parse(await response.text()).data }
  })
  return {
    name: "images",
    bare: "images.ts",
    given: { headers: constantHeaders(response), image },
    load: {
      mode: "upload",
      path,
      file: requestFile(stage, "images", [file, contentType, headers.authorization, ...paths]),
      connections: 3
    },
    samples: [{ path, body, headers }],
    agreement: "shape",
    probe: "/api/v1/products"
  } satisfies Comparison
})
