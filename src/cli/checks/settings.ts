import { Effect, Option, Redacted } from "effect"
import { type Finding, findings } from "../../layers/Settings.ts"
import { type Check, ok, warning, wrong } from "./check.ts"

const shown = (value: unknown): string => {
  if (Redacted.isRedacted(value)) return "set, hidden"
  if (Option.isOption(value)) return Option.match(value, { onNone: () => "not set", onSome: shown })
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.join(", ")
  return value === undefined ? "not set" : String(value)
}

const check = (finding: Finding, production: boolean): Check => {
  const { name, isSet, problem } = finding
  if (problem !== undefined) {
    return wrong(name, isSet ? "unreadable" : "missing", problem.replace(`${name} `, ""))
  }
  const value = shown(finding.value)
  if (name === "RATE_LIMITS" && value === "off" && production) {
    return warning(name, value, "for load tests only: without limits, guests' orders can be guessed at")
  }
  if (name === "CORS_ORIGINS" && value === "none" && !production) return ok(name, "any, outside production (default)")
  return ok(name, isSet || value === "not set" ? value : `${value} (default)`)
}

const isProduction = ({ name, value }: Finding) => name === "NODE_ENV" && value === "production"

/** Settings of adapters that are still to come: whoever sets one should know that nothing reads it. */
const later = ["REDIS_URL", "EXPO_ACCESS_TOKEN"]

/** Every setting: set, default, or wrong. */
export const settingChecks = Effect.map(findings, (found) => [
  ...found.map((finding) => check(finding, found.some(isProduction))),
  ...later
    .filter((name) => process.env[name])
    .map((name) => warning(name, "set", "not used yet, so it changes nothing"))
])
