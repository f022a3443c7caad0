/** What any request may be answered, whatever it asks for. */
import { maxUploadBytes, megabytes } from "../../services/media/limits.ts"

/** Of a body that is no upload. */
export const maxBodyBytes = 256 * 1024

export type Failure = {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly details?: ReadonlyArray<unknown> | undefined
  /** Seconds after which the same request may do better. */
  readonly retryAfter?: number | undefined
  /** Names and values, one after another. */
  readonly headers?: ReadonlyArray<string>
}

export const failures = {
  malformed: { status: 400, code: "MALFORMED_JSON", message: "The body is not valid JSON." },
  notFound: { status: 404, code: "NOT_FOUND", message: "There is nothing at this address." },
  tooLarge: { status: 413, code: "BODY_TOO_LARGE", message: `The body is larger than ${maxBodyBytes / 1024} KiB.` },
  chunks: { status: 413, code: "BODY_TOO_LARGE", message: "The extensions of the body's chunks are too large." },
  uploadTooLarge: {
    status: 413,
    code: "BODY_TOO_LARGE",
    message: `The upload is larger than ${megabytes(maxUploadBytes)}.`
  },
  address: {
    status: 400,
    code: "MALFORMED_ADDRESS",
    message: "The address has to be percent-encoded UTF-8: ?search=%D8%B9%D8%B7%D8%B1, not ?search=عطر."
  },
  pieces: { status: 400, code: "MALFORMED_REQUEST", message: "The body comes in too many small chunks." },
  boundary: { status: 400, code: "MALFORMED_REQUEST", message: "The boundary of the form is too long." },
  path: { status: 414, code: "ADDRESS_TOO_LONG", message: "The address has a path of more than 2,048 characters." },
  request: { status: 400, code: "MALFORMED_REQUEST", message: "This is not a valid HTTP request." },
  host: { status: 400, code: "MALFORMED_REQUEST", message: "The header Host is missing." },
  timeout: { status: 408, code: "REQUEST_TIMEOUT", message: "The request took too long to arrive." },
  expectation: { status: 417, code: "EXPECTATION_FAILED", message: "No other Expect than 100-continue is understood." },
  headersTooLarge: { status: 431, code: "HEADERS_TOO_LARGE", message: "The headers are larger than 16 KiB." },
  method: { status: 501, code: "METHOD_NOT_SUPPORTED", message: "This server opens no tunnels." },
  coding: {
    status: 415,
    code: "UNSUPPORTED_MEDIA_TYPE",
    message: "Send the body as it is, without a Content-Encoding.",
    headers: ["accept-encoding", "identity"]
  },
  charset: { status: 415, code: "UNSUPPORTED_MEDIA_TYPE", message: "Send the body in UTF-8." },
  range: { status: 416, code: "RANGE_NOT_SATISFIABLE", message: "The range begins past the end." },
  mediaType: { status: 415, code: "UNSUPPORTED_MEDIA_TYPE", message: "Send the body as application/json." },
  internal: { status: 500, code: "INTERNAL", message: "Something went wrong on our side. Try again." },
  unavailable: { status: 503, code: "UNAVAILABLE", message: "The service cannot answer now. Try again.", retryAfter: 2 }
} satisfies Record<string, Failure>
