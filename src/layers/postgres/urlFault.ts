/** What in an address of PostgreSQL its driver would pass over, or stumble over only when it connects. */

const isPort = (text: string) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535

const modes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]

/** Those that the driver reads; it ignores all others, and `?ssl=true` would be a connection in plain text. */
const parameters: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ...["host", "user", "password", "dbname", "application_name", "options"].map((name) => [name, () => true] as const),
  ["port", isPort],
  ["connect_timeout", (text) => /^\d{1,6}$/.test(text)],
  ["sslmode", (text) => modes.includes(text)]
])

/** Undefined where a % begins no escape. */
export const decodedOf = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** Says nothing of what may be secret. */
export const faultOfPostgresUrl = (text: string) => {
  if (!/^postgres(ql)?:\/\//i.test(text) || !URL.canParse(text)) return "it is no such address"
  const { hash, hostname, password, pathname, port, searchParams, username } = new URL(text)
  if (hash !== "" || text.endsWith("#")) return "a # in it has to be written %23"
  if (pathname.length < 2) return "it names no database"
  if (port !== "" && !isPort(port)) return "its port is none"
  if (![username, password, hostname, pathname].every((part) => decodedOf(part) !== undefined))
    return "a % in it has to be written %25"
  for (const [name, value] of searchParams) {
    const isRight = parameters.get(name)
    if (isRight === undefined) return `the parameter ${name} is none of ${[...parameters.keys()].join(", ")}`
    if (!isRight(value)) return name === "sslmode" ? `sslmode is none of ${modes.join(", ")}` : `${name} is no number`
  }
  return undefined
}
