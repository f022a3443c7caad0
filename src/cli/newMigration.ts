import * as fs from "node:fs"
import { join, relative } from "node:path"
import { root } from "../layers/root.ts"
import { print, printJson } from "./print.ts"
import { fail } from "./run.ts"

const template = `import { script } from "./script.ts"

/** What this changes, and why. One statement an entry; all of them run in one transaction. */
export default script([])
`

/** A name as files have it, or undefined when nothing can be made of it. */
export const nameOf = (text: string) => {
  const name = text
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_")
  return /^[a-z][a-z0-9_]{0,60}$/.test(name) ? name : undefined
}

type Options = { readonly dryRun?: boolean; readonly json?: boolean }

/** Writes the file, then names it in the index: a file that the index does not know is harmless, the reverse is not. */
export const create = (name: string, { dryRun, json }: Options) => {
  try {
    const folder = join(root, "migrations")
    const index = join(folder, "index.ts")
    const key = `${String(nextNumber(folder)).padStart(4, "0")}_${name}`
    const file = join(folder, `${key}.ts`)
    const text = withEntry(fs.readFileSync(index, "utf8"), key, name)
    if (!dryRun) {
      fs.writeFileSync(file, template, { flag: "wx" })
      fs.writeFileSync(index, text)
    }
    if (json) return printJson({ data: { migration: key, file, written: !dryRun } })
    const shown = relative(process.cwd(), file)
    print(
      dryRun ? `Would write ${shown} and add it to migrations/index.ts.` : `Wrote ${shown}: put its statements there.`
    )
  } catch (error) {
    fail(error)
  }
}

const nextNumber = (folder: string) =>
  1 + Math.max(0, ...fs.readdirSync(folder).map((file) => Number(/^(\d{4})_.*\.ts$/.exec(file)?.[1] ?? 0)))

const camelCase = (name: string) => name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

const reserved = new Set([
  "default",
  "delete",
  "new",
  "enum",
  "import",
  "export",
  "class",
  "function",
  "in",
  "migrations"
])

const withEntry = (index: string, key: string, name: string) => {
  const isTaken = (word: string) => reserved.has(word) || index.includes(`import ${word} from`)
  const base = camelCase(name)
  const identifier = isTaken(base) ? `${base}${Number.parseInt(key, 10)}` : base
  const imports = [...index.matchAll(/^import \S+ from "\.\/\d{4}_\w+\.ts"\n/gm)]
  const last = imports.at(-1)
  const end = /,?\n\}\s*$/.exec(index)
  if (last === undefined || end === null)
    throw new Error("migrations/index.ts has lost its shape: add the migration there by hand")
  const afterImports = last.index + last[0].length
  return `${index.slice(0, afterImports)}import ${identifier} from "./${key}.ts"\n${index.slice(afterImports, end.index)},\n  "${key}": ${identifier}\n}\n`
}
