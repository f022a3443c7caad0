/**
 * A real S3 server, s3rver, behind a gate that does what s3rver does not: it checks the version 4 signatures of
 * presigned requests, as S3 documents them, and drops a multipart upload that is aborted.
 * Run as `node --openssl-legacy-provider s3Process.ts DIRECTORY BUCKET KEY SECRET`; prints the gate's port.
 */
import { createHash, createHmac } from "node:crypto"
import { rm } from "node:fs/promises"
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http"
import { createRequire } from "node:module"
import type { AddressInfo } from "node:net"
import { join } from "node:path"

const [directory = "", bucket = "", , secret = ""] = process.argv.slice(2)
const S3rver = createRequire(import.meta.url)("s3rver")

const behind = new S3rver({
  directory,
  address: "127.0.0.1",
  port: 0,
  silent: true,
  vhostBuckets: false,
  configureBuckets: [{ name: bucket }]
})

const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest()

/** Over the headers that the query names. */
const isSigned = ({ method, url, headers }: IncomingMessage) => {
  const { pathname, searchParams } = new URL(url ?? "", "http://x")
  const query = [...searchParams].filter(([name]) => name !== "X-Amz-Signature")
  const encoded = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).sort()
  const signed = searchParams.get("X-Amz-SignedHeaders") ?? ""
  const lines = signed.split(";").map((name) => `${name}:${headers[name] ?? ""}\n`)
  const canonical = [method, pathname, encoded.join("&"), lines.join(""), signed, "UNSIGNED-PAYLOAD"].join("\n")
  const scope = (searchParams.get("X-Amz-Credential") ?? "").split("/").slice(1)
  const digest = createHash("sha256").update(canonical).digest("hex")
  const toSign = ["AWS4-HMAC-SHA256", searchParams.get("X-Amz-Date"), scope.join("/"), digest].join("\n")
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${secret}`)
  return hmac(key, toSign).toString("hex") === searchParams.get("X-Amz-Signature")
}

const abort = async (uploadId: string, response: ServerResponse) => {
  await rm(join(directory, bucket, "._S3rver_uploads", uploadId), { recursive: true, force: true })
  response.writeHead(204).end()
}

const { port } = await behind.run()

const gate = createServer((request, response) => {
  const { method, url = "", headers } = request
  const query = new URL(url, "http://x").searchParams
  if (query.has("X-Amz-Signature") && !isSigned(request)) {
    response.writeHead(403, { connection: "close" })
    return response.end("<Error><Code>SignatureDoesNotMatch</Code></Error>")
  }
  const uploadId = query.get("uploadId")
  if (method === "DELETE" && uploadId !== null) return void abort(uploadId, response)
  const onward = forward({ port, host: "127.0.0.1", method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  onward.on("error", () => response.destroy())
  response.on("close", () => onward.destroy())
  request.pipe(onward)
})
// Whoever started it is gone, however that came about.
process.stdin.on("end", () => process.exit()).resume()

gate.listen(0, "127.0.0.1", () => process.stdout.write(`${(gate.address() as AddressInfo).port}\n`))
