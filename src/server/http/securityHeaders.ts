/** Headers of every answer. HSTS only where TLS ends in front of us: in production. */
export const securityHeaders = (production: boolean): ReadonlyArray<readonly [string, string]> => [
  ["x-content-type-options", "nosniff"],
  ["content-security-policy", "default-src 'none'; frame-ancestors 'none'"],
  ["referrer-policy", "no-referrer"],
  ["cross-origin-resource-policy", "cross-origin"],
  ...(production ? ([["strict-transport-security", "max-age=31536000; includeSubDomains"]] as const) : [])
]
