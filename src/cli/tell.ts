/** What a command says beside what it was asked for: on standard error, as lines for people or as JSON. */

/** As the arguments ask for, until they are parsed: what is wrong with them is told in the same way. */
const asks = (args: ReadonlyArray<string>) => {
  const end = args.indexOf("--")
  return args.slice(0, end === -1 ? undefined : end).includes("--json")
}

let json = asks(process.argv.slice(2))

export const speaksJson = () => json

export const speakJson = (wanted: boolean) => {
  json = wanted
}

export const tell = (message: string) => write(message, { message })

export const tellFailure = (code: string, message: string) => write(message, { error: { code, message } })

/** For programs; a person is shown a bar. */
export const tellProgress = (progress: Readonly<Record<string, unknown>>) => line(JSON.stringify({ progress }))

const write = (text: string, value: unknown) => line(json ? JSON.stringify(value) : text)

const line = (text: string) => {
  process.stderr.write(`${text}\n`)
}
