/** Which pages of other origins may read answers. */
import type { Settings } from "../../layers/Settings.ts"

const exposedHeaders = ["ETag", "X-Request-Id", "Retry-After", "RateLimit", "RateLimit-Policy", "Idempotent-Replayed"]

type Cors = Pick<Settings["Service"], "corsOrigins" | "production">

const isForAll = ({ corsOrigins, production }: Cors) =>
  corsOrigins.includes("*") || (corsOrigins.length === 0 && !production)

/** For `HttpMiddleware.cors`, which lets through whichever request headers a page asks for. */
export const corsOptions = (cors: Cors) => ({
  allowedOrigins: isForAll(cors) ? [] : cors.corsOrigins.length > 0 ? cors.corsOrigins : () => false,
  exposedHeaders,
  maxAge: 86_400
})

/**
 * What that middleware adds to the answer to this origin, for whoever answers without it. To none: a cache may give that
 * answer to a page later.
 */
export const corsOf = (cors: Cors) => {
  const [only, ...others] = cors.corsOrigins
  const always = isForAll(cors) ? "*" : others.length === 0 ? only : undefined
  const vary = isForAll(cors) ? [] : ["Origin"]
  const exposed = ["access-control-expose-headers", exposedHeaders.join(",")]
  return (origin?: string) => {
    const named = origin !== undefined && cors.corsOrigins.includes(origin) ? origin : undefined
    const allowed = always ?? named
    return { vary, headers: [...(allowed === undefined ? [] : ["access-control-allow-origin", allowed]), ...exposed] }
  }
}
