import { Cause, Option, Schema } from "effect"
import { SqlError } from "effect/sql"
import { whereIs } from "../layers/postgres/sockets.ts"
import { decodedOf } from "../layers/postgres/urlFault.ts"
import { secretSettings } from "../layers/secrets.ts"

/** A command cannot do what it was asked for. The message is one line that says what to do. */
export class CommandFailed extends Schema.TaggedError<CommandFailed>()("CommandFailed", { message: Schema.String }) {}

/** Tells a person in one line what went wrong. Nothing secret is in it, whatever the error says. */
export const explainCause = (cause: Cause.Cause<unknown>) => {
  const failure = failureIn(cause)
  return isExpected(failure) || !wantsDetails() ? explain(failure) : withoutSecrets(Cause.pretty(cause))
}

export const failureIn = (cause: Cause.Cause<unknown>) =>
  Option.getOrElse(Cause.findErrorOption(cause), () => Cause.squash(cause))

/** What kind of failure it is, for programs. */
export const codeOf = (error: unknown) => {
  const sql = sqlErrorIn(error)
  if (sql !== undefined) return sql.reason._tag
  return isExpected(error) ? error._tag : "Unexpected"
}

export const explain = (error: unknown): string => {
  const sql = sqlErrorIn(error)
  if (sql !== undefined) return withoutSecrets(explainSql(sql))
  if (isExpected(error)) return withoutSecrets(error.message)
  const said = error instanceof Error ? error.message : String(error)
  return withoutSecrets(`Something went wrong: ${firstLine(said)}. Set LOG_LEVEL=Debug for the details.`)
}

/** Errors with a tag were written for people; SQL errors are not among them. */
const isExpected = (error: unknown): error is Error & { readonly _tag: string } =>
  error instanceof Error && "_tag" in error && sqlErrorIn(error) === undefined

const wantsDetails = () => /^(debug|trace|all)$/i.test(process.env.LOG_LEVEL ?? "")

const sqlErrorIn = (error: unknown): SqlError.SqlError | undefined => {
  if (SqlError.isSqlError(error)) return error
  return error instanceof Error && error.cause !== undefined ? sqlErrorIn(error.cause) : undefined
}

const explainSql = ({ reason, message }: SqlError.SqlError) => {
  const where = databaseAddress()
  const cause = sqlStateOf(reason.cause)
  switch (reason._tag) {
    case "ConnectionError":
      return cause === "3D000"
        ? `The database named in DATABASE_URL does not exist at ${where}: create it, or correct DATABASE_URL.`
        : `Cannot reach the database at ${where}${cause ? ` (${cause})` : ""}: start it, or correct DATABASE_URL.`
    case "AuthenticationError":
      return `The database at ${where} refuses this user or password: correct DATABASE_URL.`
    case "AuthorizationError":
      return `The database at ${where} does not allow it (${firstLine(said(reason.cause) ?? message)}): grant the user of DATABASE_URL what it needs.`
    case "LockTimeoutError":
      return "Another process holds what this command needs: try again in a moment."
    default:
      return `The database says: ${firstLine(said(reason.cause) ?? message)}. Set LOG_LEVEL=Debug for the details.`
  }
}

/** Host and port, and never the user or the password. */
export const databaseAddress = () => {
  const url = process.env.DATABASE_URL
  if (url === undefined || !URL.canParse(url)) return "the embedded address"
  const { target } = whereIs(url)
  return "path" in target ? target.path : `${target.host}:${target.port}`
}

const sqlStateOf = (cause: unknown) =>
  typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : ""

const said = (cause: unknown) => (cause instanceof Error ? cause.message : undefined)

const firstLine = (text: string) => (text.split("\n")[0] ?? "").trim().replace(/[.:]$/, "")

const withoutSecrets = (text: string) => {
  const values = secretSettings.flatMap((name) => process.env[name]?.trim() || [])
  const passwords = values.flatMap((value) => (URL.canParse(value) && new URL(value).password) || [])
  return [...values, ...passwords, ...passwords.flatMap((password) => decodedOf(password) ?? [])]
    .filter((secret) => secret.length > 3)
    .reduce((clean, secret) => clean.replaceAll(secret, "…"), text)
}
