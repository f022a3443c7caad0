/** Multipart bodies, byte by byte, so that they can be wrong in every way. */

export type Part = {
  readonly name?: string
  readonly filename?: string | undefined
  readonly type?: string
  readonly bytes: Uint8Array | string
}

const boundary = "zst-test-boundary"

const encodedPart = ({ name = "file", filename, type = "image/jpeg", bytes }: Part) => {
  const file = filename === undefined ? "" : `; filename="${filename}"`
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${file}\r\ncontent-type: ${type}\r\n\r\n`
  return [Buffer.from(head), Buffer.from(bytes), Buffer.from("\r\n")]
}

export const multipart = (...parts: ReadonlyArray<Part>) => ({
  raw: Buffer.concat([...parts.flatMap(encodedPart), Buffer.from(`--${boundary}--\r\n`)]),
  headers: { "content-type": `multipart/form-data; boundary=${boundary}` }
})

/** One file, as `curl -F file=@photo.jpg` sends it. */
export const upload = (bytes: Uint8Array | string, more: Omit<Part, "bytes"> = {}) =>
  multipart({ filename: "photo.jpg", ...more, bytes })
