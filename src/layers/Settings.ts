/**
 * Every setting of ZST, read from the environment once. An unreadable or missing one stops the start with one error
 * that names them all.
 */

import { resolve } from "node:path"
import { Config, Context, Effect, Layer, LogLevel, Option, Redacted, Result, Schema } from "effect"
import { isNetwork } from "../services/networks.ts"
import { ExpiryDays } from "../services/orders/Expiry.ts"
import { Retention } from "../services/Retention.ts"
import { readJwtKey } from "./Clerk.ts"
import { faultOfPostgresUrl } from "./postgres/urlFault.ts"
import { root } from "./root.ts"
import type { S3Settings } from "./s3-objects/client.ts"
import type { SecretSetting } from "./secrets.ts"
import { baseUrlOf, originOf, safeUrlOf, secureUrlOf } from "./webAddress.ts"

export class SettingsError extends Schema.TaggedError<SettingsError>()("SettingsError", { message: Schema.String }) {}

type Setting<A> = {
  readonly name: string
  readonly config: Config.Config<A>
  readonly expected: string
  /** What of a text that cannot be read is wrong, where that has to be looked for. */
  readonly fault?: (text: string) => string | undefined
}

const setting = <A>(
  name: string,
  config: Config.Config<A>,
  expected: string,
  fault?: (text: string) => string | undefined
): Setting<A> => ({ name, config, expected, ...(fault && { fault }) })

const itemsOf = (text: string) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "")

/** Items as `read` makes them; the first of which it makes nothing is told. */
const list = (name: string, read: (item: string) => string | undefined, expected: string) => {
  const fault = (text: string) => {
    const items = itemsOf(text)
    const wrong = items.find((item) => read(item) === undefined)
    if (wrong !== undefined) return `${JSON.stringify(wrong)} is none`
    return items.length > 1 && items.includes("*") ? '"*" goes with no other' : undefined
  }
  const texts = Config.withDefault(
    Config.schema(
      validText((text) => fault(text) === undefined),
      name
    ),
    ""
  )
  const items = Config.map(texts, (text) => itemsOf(text).flatMap((item) => read(item) ?? []))
  return setting(name, items, expected, fault)
}

/** Digits, and not all that `Number` takes. Empty counts as unset. */
const withRange = (name: string, minimum: number, maximum: number, otherwise: number) => {
  const isWithin = (text: string) => /^\d{1,15}$/.test(text) && Number(text) >= minimum && Number(text) <= maximum
  return Config.map(Config.withDefault(Config.schema(validText(isWithin), name), ""), (text) =>
    text.trim() === "" ? otherwise : Number(text)
  )
}

const days = (name: string, most: number, otherwise: number) =>
  setting(name, withRange(name, 1, most, otherwise), `days from 1 to ${most}`)

/** Empty counts as unset, as in a `.env` file where the line is there and nothing is behind it. */
const optionalSecret = (name: SecretSetting, isValid: (value: string) => boolean) =>
  Config.map(Config.option(Config.schema(Schema.Redacted(validText(isValid)), name)), (secret) => {
    const value = Option.match(secret, { onNone: () => "", onSome: (text) => Redacted.value(text).trim() })
    return value === "" ? undefined : Redacted.make(value)
  })

const validText = (isValid: (value: string) => boolean) =>
  Schema.String.check(Schema.makeFilter<string>((value) => value.trim() === "" || isValid(value.trim())))

const isJwtKey = (pem: string) => Result.isSuccess(readJwtKey(pem))

/** An address as `read` makes it. */
const address = (name: string, read: (text: string) => string | undefined, expected: string) =>
  setting(
    name,
    Config.map(
      optionalText(name, (text) => read(text) !== undefined),
      (text) => text && read(text)
    ),
    expected
  )

const optionalText = (name: string, isValid: (text: string) => boolean) =>
  Config.map(Config.withDefault(Config.schema(validText(isValid), name), ""), (text) => text.trim() || undefined)

const isOneWord = (text: string) => /^\S+$/.test(text)

const isWebhookSecret = (secret: string) =>
  /^whsec_(?:[A-Za-z0-9+/]{4}){4,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(secret)

const environments = ["production", "development", "test"] as const

const environmentOf = (text: string | undefined) => environments.find((name) => name === text)

/** Whatever is almost "production" must not run as development. */
const environment = Config.map(
  optionalText("NODE_ENV", (text) => environmentOf(text) !== undefined),
  (text) => environmentOf(text) ?? "development"
)

/** Connections of a process to the database. */
export const usualPool = 16

const origins = "origins with commas, such as https://example.com, http://localhost:3000"

const settings = {
  environment: setting("NODE_ENV", environment, "production, development or test"),
  host: setting(
    "HOST",
    Config.map(optionalText("HOST", isOneWord), (host) => host ?? "127.0.0.1"),
    "an address of this machine"
  ),
  port: setting("PORT", withRange("PORT", 0, 65_535, 3000), "a port, 0 to 65535"),
  dataDir: setting(
    "ZST_DATA_DIR",
    // npm starts commands in several folders: a path counts from one.
    Config.map(
      optionalText("ZST_DATA_DIR", (path) => !/^[~"']/.test(path)),
      (path) => resolve(root, path ?? ".zst")
    ),
    "a directory, without quotes, and written out where a shell would take ~"
  ),
  databaseUrl: setting(
    "DATABASE_URL",
    optionalSecret("DATABASE_URL", (text) => faultOfPostgresUrl(text) === undefined),
    "postgres://user:password@host:5432/database",
    faultOfPostgresUrl
  ),
  databasePool: setting(
    "DATABASE_POOL",
    withRange("DATABASE_POOL", 6, 90, usualPool),
    "connections of this process, 6 to 90; 25 more for orders of one product at once"
  ),
  clerkJwtKey: setting(
    "CLERK_JWT_KEY",
    optionalSecret("CLERK_JWT_KEY", isJwtKey),
    "the PEM public key of the Clerk instance"
  ),
  clerkSecretKey: setting(
    "CLERK_SECRET_KEY",
    optionalSecret("CLERK_SECRET_KEY", (key) => /^sk_\S+$/.test(key)),
    "the secret key of the Clerk instance, sk_…"
  ),
  clerkApiUrl: setting(
    "CLERK_API_URL",
    // The secret key travels to this address.
    Config.map(
      optionalText("CLERK_API_URL", (url) => safeUrlOf(url) !== undefined),
      (url) => safeUrlOf(url ?? "https://api.clerk.com") ?? ""
    ),
    "https://api.clerk.com"
  ),
  clerkWebhookSecret: setting(
    "CLERK_WEBHOOK_SECRET",
    optionalSecret("CLERK_WEBHOOK_SECRET", isWebhookSecret),
    "the signing secret of the webhook endpoint, whsec_…"
  ),
  clerkIssuer: address("CLERK_ISSUER", secureUrlOf, "https://clerk.example.com"),
  clerkAuthorizedParties: list("CLERK_AUTHORIZED_PARTIES", originOf, origins),
  clerkAllowMissingAzp: setting(
    "CLERK_ALLOW_MISSING_AZP",
    Config.withDefault(Config.Boolean("CLERK_ALLOW_MISSING_AZP"), false),
    "true for native apps, whose tokens name no origin; else false"
  ),
  publicUrl: address("PUBLIC_URL", baseUrlOf, "https://api.example.com"),
  s3Endpoint: address("S3_ENDPOINT", baseUrlOf, "https://s3.example.com"),
  s3Bucket: setting(
    "S3_BUCKET",
    optionalText("S3_BUCKET", (name) => /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)),
    "a bucket's name"
  ),
  s3AccessKeyId: setting("S3_ACCESS_KEY_ID", optionalSecret("S3_ACCESS_KEY_ID", isOneWord), "the id of an access key"),
  s3SecretAccessKey: setting(
    "S3_SECRET_ACCESS_KEY",
    optionalSecret("S3_SECRET_ACCESS_KEY", isOneWord),
    "the secret of that access key"
  ),
  s3PublicUrl: address("S3_PUBLIC_URL", baseUrlOf, "https://media.example.com, where the bucket is read"),
  s3Region: setting(
    "S3_REGION",
    Config.map(
      optionalText("S3_REGION", (region) => /^[a-z0-9-]+$/.test(region)),
      (region) => region ?? "auto"
    ),
    "a region, such as auto or eu-west-3"
  ),
  corsOrigins: list("CORS_ORIGINS", (item) => (item === "*" ? item : originOf(item)), `${origins}, or * alone`),
  trustedProxies: list(
    "TRUSTED_PROXIES",
    (item) => (isNetwork(item) ? item : undefined),
    "addresses and networks with commas, such as 127.0.0.1, 10.0.0.0/8"
  ),
  rateLimits: setting(
    "RATE_LIMITS",
    Config.withDefault(Config.schema(Schema.Literals(["on", "off"]), "RATE_LIMITS"), "on" as const),
    "on, or off for load tests"
  ),
  jobs: setting(
    "JOBS",
    Config.withDefault(Config.schema(Schema.Literals(["on", "off"]), "JOBS"), "on" as const),
    "on, or off when zst work does the jobs"
  ),
  orderExpiryDays: days("ORDER_EXPIRY_DAYS", 365, ExpiryDays.defaultValue()),
  orderAbandonedDays: days("ORDER_ABANDONED_DAYS", 3650, Retention.defaultValue().abandonedDays),
  guestDataDays: days("GUEST_DATA_DAYS", 3650, Retention.defaultValue().guestDays),
  guestCartDays: days("GUEST_CART_DAYS", 3650, Retention.defaultValue().guestCartDays),
  metricsToken: setting(
    "METRICS_TOKEN",
    optionalSecret("METRICS_TOKEN", (token) => /^[\x21-\x7e]{16,}$/.test(token)),
    "a secret of 16 characters or more, without spaces"
  ),
  logLevel: setting(
    "LOG_LEVEL",
    Config.withDefault(Config.LogLevel("LOG_LEVEL"), "Info" as LogLevel.LogLevel),
    "Debug, Info, Warn, Error or None"
  ),
  drainDelay: setting("DRAIN_DELAY_SECONDS", withRange("DRAIN_DELAY_SECONDS", 0, 60, 0), "seconds from 0 to 60")
}

type Read = { readonly [K in keyof typeof settings]: (typeof settings)[K] extends Setting<infer A> ? A : never }

type Values = Read & {
  readonly production: boolean
  /** Whether Clerk signs people in, and not the development issuer. */
  readonly usesClerk: boolean
  /** The bucket, and not the data directory, when there is one. */
  readonly s3: S3Settings | undefined
  /** How requests are logged: plain lines on a terminal, JSON elsewhere, not at all below Info. */
  readonly accessLog: "plain" | "json" | "off"
}

type S3Values = Pick<Read, (typeof s3Requirements)[number]["key"] | "s3Region">

const s3Of = (read: S3Values): S3Settings | undefined => {
  const { s3Endpoint, s3Bucket, s3AccessKeyId, s3SecretAccessKey, s3PublicUrl, s3Region } = read
  return s3Endpoint && s3Bucket && s3AccessKeyId && s3SecretAccessKey && s3PublicUrl
    ? {
        endpoint: s3Endpoint,
        bucket: s3Bucket,
        region: s3Region,
        accessKeyId: s3AccessKeyId,
        secretAccessKey: s3SecretAccessKey,
        publicUrl: s3PublicUrl
      }
    : undefined
}

/** Whether logs are for a person to read, who has said nothing else. */
export const PlainLogs = Context.Reference<boolean>("zst/PlainLogs", {
  defaultValue: () => process.stdout.isTTY === true
})

const accessLogOf = (level: LogLevel.LogLevel, plain: boolean) =>
  LogLevel.isGreaterThan(level, "Info") ? "off" : plain ? "plain" : "json"

type Requirement = { readonly key: keyof Read; readonly or?: { readonly key: keyof Read; readonly text: string } }

const s3Requirements = [
  { key: "s3Endpoint" },
  { key: "s3Bucket" },
  { key: "s3AccessKeyId" },
  { key: "s3SecretAccessKey" },
  { key: "s3PublicUrl" }
] as const

/** Without authorized parties, or leave to name none, nobody's token would be taken. */
const requiredInProduction: ReadonlyArray<Requirement> = [
  { key: "databaseUrl" },
  { key: "clerkJwtKey", or: { key: "clerkSecretKey", text: "CLERK_SECRET_KEY" } },
  { key: "clerkWebhookSecret" },
  { key: "clerkAuthorizedParties", or: { key: "clerkAllowMissingAzp", text: "CLERK_ALLOW_MISSING_AZP=true" } },
  ...s3Requirements
]

const isGiven = (value: unknown) =>
  value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0)

/** Where objects are kept, as far as these settings can be read: a bucket, a directory, or what is wrong. */
export const objectsPlaceIn = (found: ReadonlyArray<Finding>) => {
  const concerned = found.filter(({ key }) => key.startsWith("s3") || key === "dataDir")
  const wrong = concerned.flatMap(({ name, problem }) => (problem === undefined ? [] : [name]))
  const { dataDir, ...rest } = Object.fromEntries(concerned.map(({ key, value }) => [key, value])) as Read
  return { wrong, dataDir, s3: wrong.length > 0 ? undefined : s3Of(rest) }
}

/** One setting as it was found. `problem` says what is wrong with it; a secret's value is Redacted. */
export type Finding = {
  readonly key: string
  readonly name: string
  readonly isSet: boolean
  readonly value: unknown
  readonly problem: string | undefined
}

/** Every setting, right or wrong. */
export const findings = Effect.gen(function* () {
  const found = yield* Effect.forEach(Object.entries<Setting<unknown>>(settings), ([key, setting]) =>
    Effect.gen(function* () {
      const { name, config } = setting
      const text = yield* Effect.orElseSucceed(Config.option(Config.String(name)), Option.none)
      const read = yield* Effect.option(config)
      const problem = Option.isNone(read) ? problemOf(setting, Option.getOrElse(text, () => "").trim()) : undefined
      return { key, name, isSet: Option.isSome(text), value: Option.getOrUndefined(read), problem } satisfies Finding
    })
  )
  const byKey = new Map<string, Finding>(found.map((finding) => [finding.key, finding]))
  const [required, whose] = requirementsFor(byKey)
  const lacking = new Map<string, Requirement>(
    required.flatMap((requirement) => (isMet(requirement, byKey) ? [] : [[requirement.key, requirement]]))
  )
  return found.map((finding) => ({ ...finding, problem: finding.problem ?? lackOf(lacking.get(finding.key), whose) }))
})

const problemOf = ({ name, expected, fault }: Setting<unknown>, text: string) => {
  const why = fault?.(text)
  return `${name} cannot be read${why === undefined ? "" : ` (${why})`}; expected ${expected}`
}

/** A store is named whole or not at all: half of it is a mistake that the disk must not hide. */
const requirementsFor = (found: ReadonlyMap<string, Finding>): readonly [ReadonlyArray<Requirement>, string] => {
  if (found.get("environment")?.value === "production") return [requiredInProduction, "production"]
  const namesStore = s3Requirements.some(
    ({ key }) => found.get(key)?.problem !== undefined || isGiven(found.get(key)?.value)
  )
  return [namesStore ? s3Requirements : [], "the store that other S3 settings name"]
}

/** One that cannot be read is a problem of its own. */
const isMet = ({ key, or }: Requirement, found: ReadonlyMap<string, Finding>) =>
  [found.get(key), or && found.get(or.key)].some((finding) => finding?.problem !== undefined || isGiven(finding?.value))

const lackOf = (requirement: Requirement | undefined, whose: string) => {
  if (requirement === undefined) return undefined
  const { name, expected } = settings[requirement.key]
  const other = requirement.or === undefined ? "" : `, or ${requirement.or.text}`
  return `${name} is missing; ${whose} needs it (${expected})${other}`
}

export class Settings extends Context.Service<Settings, Values>()("zst/Settings") {
  static readonly layer = Layer.effect(
    Settings,
    Effect.gen(function* () {
      const found = yield* findings
      const problems = found.flatMap(({ problem }) => problem ?? [])
      if (problems.length > 0) return yield* new SettingsError({ message: problems.join("\n") })
      const read = Object.fromEntries(found.map(({ key, value }) => [key, value])) as Read
      const usesClerk = read.clerkJwtKey !== undefined || read.clerkSecretKey !== undefined
      return Settings.of({
        ...read,
        production: read.environment === "production",
        usesClerk,
        s3: s3Of(read),
        accessLog: accessLogOf(read.logLevel, yield* PlainLogs)
      })
    })
  )
}
