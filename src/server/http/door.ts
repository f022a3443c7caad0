/** What is wrong with a request before anybody reads what it asks for. */
import type { IncomingMessage } from "node:http"
import { maxUploadBytes } from "../../services/media/limits.ts"
import { isUpload } from "./body.ts"
import { type Failure, failures, maxBodyBytes } from "./failures.ts"

/** Media types under which clients send JSON, whatever they call it. */
const jsonLike = /^(application\/(json|[\w.+-]+\+json|x-www-form-urlencoded|octet-stream)|text\/plain)\b/

const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i
const utf8 = /^(utf-?8|us-ascii)$/i

/** Also writes media types in lower case, so that nobody inside has to. */
export const faultOf = (request: IncomingMessage): Failure | undefined => {
  if (request.headers.host === undefined && request.httpVersion === "1.1") return failures.host
  const url = request.url ?? ""
  if (pathLength(url) > longestPath) return failures.path
  if (!isReadable(url)) return failures.address
  const { method } = request
  return method === "GET" || method === "HEAD" || method === "OPTIONS" ? undefined : bodyFault(request)
}

/** None of ours has half of it; the router copies a path for every percent sign that is escaped in it. */
const longestPath = 2048

const pathLength = (url: string) => (url.includes("?") ? url.indexOf("?") : url.length)

/** With the longest boundary that RFC 2046 allows it has 130; each piece of a form is looked through for all of it. */
const longestFormType = 200

/** Escapes of what is no UTF-8 would be read as U+FFFD; a percent sign that escapes nothing is itself. */
const isReadable = (url: string) => {
  if (!url.includes("%")) return true
  try {
    decodeURIComponent(url.replace(/%(?![\da-f]{2})/gi, "%25"))
    return true
  } catch {
    return false
  }
}

/** Bodies are JSON, under whatever name a client sends it; there are no cookies that a form could ride on. */
const bodyFault = (request: IncomingMessage): Failure | undefined => {
  const { headers } = request
  if (!/^(identity)?$/i.test(headers["content-encoding"]?.trim() ?? "")) return failures.coding
  const type = headers["content-type"]?.replace(/^[^;]*/, (essence) => essence.toLowerCase())
  if (type !== undefined) headers["content-type"] = type
  if (type?.startsWith("multipart/")) return type.length > longestFormType ? failures.boundary : undefined
  const length = Number(headers["content-length"] ?? 0)
  if (isUpload(request)) return length > maxUploadBytes ? failures.uploadTooLarge : undefined
  if (length > maxBodyBytes) return failures.tooLarge
  if (type !== undefined && !jsonLike.test(type)) return failures.mediaType
  if (!utf8.test(charset.exec(type ?? "")?.[1] ?? "utf-8")) return failures.charset
  headers["content-type"] = "application/json"
  return undefined
}
