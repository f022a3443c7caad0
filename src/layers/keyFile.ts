/** Keys that are made on first use and kept under the data directory. */
import { randomBytes } from "node:crypto"
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { dirname } from "node:path"

/** Of several processes at once one wins: `link` shows the key under its name whole, and never replaces a file. */
export const keptKey = (path: string, make: () => Promise<string>): Promise<string> =>
  readFile(path, "utf8").catch(unless("ENOENT", () => create(path, make)))

const create = async (path: string, make: () => Promise<string>) => {
  await mkdir(dirname(path), { recursive: true })
  const draft = `${path}.${randomBytes(6).toString("hex")}`
  try {
    await writeFile(draft, await make(), { flag: "wx", mode: 0o600, flush: true })
    await link(draft, path).catch(unless("EEXIST", () => undefined))
  } finally {
    await rm(draft, { force: true })
  }
  return readFile(path, "utf8")
}

const unless =
  <A>(code: string, instead: () => A) =>
  (error: unknown) =>
    codeOf(error) === code ? instead() : Promise.reject(error)

export const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : error)
