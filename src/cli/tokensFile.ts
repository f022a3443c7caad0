/** Ready-made tokens for whoever tries the API: a file to source, for tokens are too long to print. */
import { randomBytes } from "node:crypto"
import { mkdir, rename, rm, writeFile } from "node:fs/promises"
import { dirname, isAbsolute, join, relative } from "node:path"
import { Effect } from "effect"
import { CommandFailed } from "./explain.ts"

export const tokensFileIn = (dataDir: string) => join(dataDir, "tokens.env")

/** As a shell takes it, from where the program runs: a bare name would be looked for on the PATH. */
export const shownPath = (file: string) => {
  const near = relative(process.cwd(), file)
  const path = near.startsWith("..") || isAbsolute(near) ? file : near.includes("/") ? near : `./${near}`
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}

/** Written aside and renamed, so that nobody sources half of it, or reads what is not theirs. */
export const writeTokens = Effect.fnUntraced(function* (file: string, tokens: Readonly<Record<string, string>>) {
  const draft = `${file}.${randomBytes(6).toString("hex")}`
  const lines = Object.entries(tokens).map(([name, token]) => `export ${name}=${token}\n`)
  yield* Effect.tryPromise({
    try: async () => {
      try {
        await mkdir(dirname(file), { recursive: true })
        await writeFile(draft, lines.join(""), { flag: "wx", mode: 0o600 })
        await rename(draft, file)
      } finally {
        await rm(draft, { force: true })
      }
    },
    catch: (error) =>
      new CommandFailed({ message: `Cannot write ${file} (${error instanceof Error ? error.message : error}).` })
  })
})
