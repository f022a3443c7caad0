/** The program's own tree of commands, whatever it holds. */
import { CommanderError } from "commander"
import { makeProgram } from "../../src/cli/program.ts"
import type { Declaration, ZstCommand } from "../../src/cli/ZstCommand.ts"

type Path = ReadonlyArray<string>

const walk = (command: ZstCommand, path: Path = []): ReadonlyArray<readonly [Path, ZstCommand]> => [
  [path, command],
  ...command.commands.flatMap((each) => walk(each as ZstCommand, [...path, each.name()]))
]

export const everyCommand = walk(makeProgram())

export type Leaf = { readonly name: string; readonly args: ReadonlyArray<string>; readonly declaration: Declaration }

/** What can be run, with the arguments of its own example. */
export const leaves: ReadonlyArray<Leaf> = everyCommand.flatMap(([path, command]) => {
  const { declaration } = command
  const name = path.join(" ")
  if (command.commands.length > 0) return []
  if (declaration === undefined) throw new Error(`zst ${name} does not say what it does to the data`)
  return [{ name, args: argumentsOf(declaration.examples[0]), declaration }]
})

/** `SELLER=$(zst token --role seller)` and `PORT=1 zst serve` are examples, too. */
function argumentsOf(example: string) {
  const [, line = ""] = /\bzst ([^)]*)/.exec(example) ?? []
  return [...line.matchAll(/"([^"]*)"|\S+/g)]
    .map(([word, quoted]) => quoted ?? word)
    .filter((word) => word !== "--dry-run")
}

/** How the program itself reads a line of arguments, up to where it would act. */
export const parsed = async (args: ReadonlyArray<string>) => {
  let said = ""
  const program = makeProgram()
  const hear = (command: ZstCommand) => {
    const listen = (text: string) => {
      said += text
    }
    command.configureOutput({ writeOut: listen, writeErr: listen, outputError: listen })
    for (const each of command.commands) hear(each as ZstCommand)
  }
  hear(program)
  try {
    await program.parseAsync(args, { from: "user" })
  } catch (error) {
    if (error instanceof CommanderError) return { said, code: error.exitCode }
    throw error
  }
  return { said, code: undefined }
}
