/** Which pages of other origins may read answers. */
import type { Settings } from "../../layers/Settings.ts"

const exposedHeaders = ["ETag", "X-Request-Id", "Retry-After", "RateLimit", "RateLimit-Policy", "Idempotent-Replayed"]

type Cors = Pick<Settings["Service"], "corsOrigins" | "production">

const isForAll = ({ corsOrigins, production }: Cors) => corsOrigins.length === 0 && !production

/** For `HttpMiddleware.cors`, which lets through whichever request headers a page asks for. */
export const corsOptions = (cors: Cors) => ({
  allowedOrigins: cors.corsOrigins.length > 0 || isForAll(cors) ? cors.corsOrigins : () => false,
  exposedHeaders,
  maxAge: 86_400
})

/** What that middleware adds to the answer when no origin is named: a cache may give it to a page later. */
export const corsOfNobody = (cors: Cors) => {
  const [only, ...others] = cors.corsOrigins
  const origin = isForAll(cors) ? "*" : others.length === 0 ? only : undefined
  return {
    vary: isForAll(cors) ? [] : ["Origin"],
    headers: [
      ...(origin === undefined ? [] : ["access-control-allow-origin", origin]),
      "access-control-expose-headers",
      exposedHeaders.join(",")
    ]
  }
}
