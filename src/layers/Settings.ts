/**
 * Every setting of ZST, read from the environment once. An unreadable or missing one stops the start with one error
 * that names them all.
 */

import { resolve } from "node:path"
import { Config, Context, Effect, Layer, LogLevel, Option, Redacted, Schema } from "effect"
import { root } from "./root.ts"

export class SettingsError extends Schema.TaggedError<SettingsError>()("SettingsError", { message: Schema.String }) {}

type Setting<A> = { readonly name: string; readonly config: Config.Config<A>; readonly expected: string }

const setting = <A>(name: string, config: Config.Config<A>, expected: string): Setting<A> => ({
  name,
  config,
  expected
})

const list = (name: string) =>
  Config.map(Config.withDefault(Config.String(name), ""), (text) =>
    text
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "")
  )

const withRange = (name: string, minimum: number, maximum: number, otherwise: number) =>
  Config.withDefault(
    Config.schema(Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum, maximum })), name),
    otherwise
  )

const optionalSecret = (name: string) =>
  Config.map(Config.option(Config.Redacted(name)), (secret) =>
    Option.getOrUndefined(Option.filter(secret, (value) => Redacted.value(value).trim() !== ""))
  )

const settings = {
  production: setting(
    "NODE_ENV",
    Config.map(Config.withDefault(Config.String("NODE_ENV"), "development"), (env) => env === "production"),
    "development or production"
  ),
  host: setting("HOST", Config.withDefault(Config.NonEmptyString("HOST"), "127.0.0.1"), "an address of this machine"),
  port: setting("PORT", withRange("PORT", 0, 65_535, 3000), "a port, 0 to 65535"),
  dataDir: setting(
    "ZST_DATA_DIR",
    Config.map(Config.withDefault(Config.NonEmptyString("ZST_DATA_DIR"), resolve(root, ".zst")), (path) =>
      resolve(path)
    ),
    "a directory"
  ),
  databaseUrl: setting("DATABASE_URL", optionalSecret("DATABASE_URL"), "postgres://user:password@host:5432/database"),
  databasePool: setting("DATABASE_POOL", withRange("DATABASE_POOL", 2, 90, 10), "connections of this process, 2 to 90"),
  clerkJwtKey: setting("CLERK_JWT_KEY", optionalSecret("CLERK_JWT_KEY"), "the PEM public key of the Clerk instance"),
  clerkIssuer: setting(
    "CLERK_ISSUER",
    Config.option(Config.NonEmptyString("CLERK_ISSUER")),
    "https://clerk.example.com"
  ),
  clerkAuthorizedParties: setting("CLERK_AUTHORIZED_PARTIES", list("CLERK_AUTHORIZED_PARTIES"), "origins, with commas"),
  clerkAllowMissingAzp: setting(
    "CLERK_ALLOW_MISSING_AZP",
    Config.withDefault(Config.Boolean("CLERK_ALLOW_MISSING_AZP"), false),
    "true for native apps, whose tokens name no origin; else false"
  ),
  corsOrigins: setting("CORS_ORIGINS", list("CORS_ORIGINS"), "origins, with commas"),
  logLevel: setting(
    "LOG_LEVEL",
    Config.withDefault(Config.LogLevel("LOG_LEVEL"), "Info" as LogLevel.LogLevel),
    "Debug, Info, Warn, Error or None"
  ),
  drainDelay: setting("DRAIN_DELAY_SECONDS", withRange("DRAIN_DELAY_SECONDS", 0, 60, 0), "seconds from 0 to 60")
}

type Read = { readonly [K in keyof typeof settings]: (typeof settings)[K] extends Setting<infer A> ? A : never }

type Values = Read & {
  /** How requests are logged: plain lines on a terminal, JSON elsewhere, not at all below Info. */
  readonly accessLog: "plain" | "json" | "off"
}

const accessLogOf = (level: LogLevel.LogLevel) =>
  LogLevel.isGreaterThan(level, "Info") ? "off" : process.stdout.isTTY ? "plain" : "json"

/** Names and expectations, for `zst doctor`. */
export const settingNames = Object.values(settings).map(({ name, expected }) => ({ name, expected }))

const requiredInProduction: ReadonlyArray<keyof Read> = ["databaseUrl", "clerkJwtKey"]

export class Settings extends Context.Service<Settings, Values>()("zst/Settings") {
  static readonly layer = Layer.effect(
    Settings,
    Effect.gen(function* () {
      const problems: Array<string> = []
      const values: Record<string, unknown> = {}
      for (const [key, { name, config, expected }] of Object.entries<Setting<unknown>>(settings)) {
        const value = yield* Effect.option(config)
        if (Option.isNone(value)) problems.push(`${name} cannot be read; expected ${expected}`)
        else values[key] = value.value
      }
      if (values.production === true) {
        for (const key of requiredInProduction) {
          if (values[key] === undefined) problems.push(`${settings[key].name} is missing; production needs it`)
        }
      }
      if (problems.length > 0) return yield* new SettingsError({ message: problems.join("\n") })
      const read = values as Read
      return Settings.of({ ...read, accessLog: accessLogOf(read.logLevel) })
    })
  )
}
