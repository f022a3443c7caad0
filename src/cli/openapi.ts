import { writeFileSync } from "node:fs"
import { OpenApi } from "effect/http-api"
import { Api } from "../server/Api.ts"
import { CommandFailed } from "./explain.ts"
import { print, printJson } from "./print.ts"
import { fail } from "./run.ts"

type Options = { readonly out?: string; readonly dryRun?: boolean; readonly json?: boolean }

/** The document is JSON as it is; `json` is about what is said of a file. */
export const openapi = ({ out, dryRun, json }: Options) => {
  if (dryRun) {
    if (json) return printJson({ data: { would_write: out ?? null } })
    return print(out === undefined ? "Would print the document, and write no file." : `Would write ${out}.`)
  }
  const document = OpenApi.fromApi(Api)
  if (out === undefined) return printJson(document)
  try {
    writeFileSync(out, `${JSON.stringify(document, null, 2)}\n`)
    if (json) printJson({ data: { written: out } })
    else print(`Wrote ${out}.`)
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error
    fail(
      new CommandFailed({ message: `Cannot write ${out} (${code}): name a file in a directory that you can write to.` })
    )
  }
}
