/** Settings that nobody is told, whatever fails. */
export const secretSettings = [
  "DATABASE_URL",
  "CLERK_JWT_KEY",
  "CLERK_SECRET_KEY",
  "CLERK_WEBHOOK_SECRET",
  "METRICS_TOKEN",
  "S3_ACCESS_KEY_ID",
  "S3_SECRET_ACCESS_KEY"
] as const

export type SecretSetting = (typeof secretSettings)[number]
