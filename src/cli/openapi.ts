import { writeFileSync } from "node:fs"
import { OpenApi } from "effect/http-api"
import { Api } from "../server/Api.ts"
import { CommandFailed } from "./explain.ts"
import { print, printJson } from "./print.ts"
import { fail } from "./run.ts"

export const openapi = ({ out, dryRun }: { readonly out?: string; readonly dryRun?: boolean }) => {
  const document = OpenApi.fromApi(Api)
  if (out === undefined) return printJson(document)
  if (dryRun) return print(`Would write ${out}.`)
  try {
    writeFileSync(out, `${JSON.stringify(document, null, 2)}\n`)
    print(`Wrote ${out}.`)
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error
    fail(
      new CommandFailed({ message: `Cannot write ${out} (${code}): name a file in a directory that you can write to.` })
    )
  }
}
