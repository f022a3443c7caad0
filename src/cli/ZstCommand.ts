/** What a command does to the database, said once: its help, its options and how it is run follow from it. */
import { Command } from "commander"

type Said = {
  /** Lines that can be pasted; what each database has of its own is in capitals. */
  readonly examples: readonly [string, ...ReadonlyArray<string>]
  /** What else it is good to know, before the examples. */
  readonly details?: string
  /** What `--json` prints, if that is not its output as it is. */
  readonly json?: string
  /** It ends when it is told to. */
  readonly stays?: boolean
}

/** What `--dry-run` prints. */
type Rehearsed = { readonly dryRun: string }

export type Declaration = Said &
  (
    | ({ readonly does: "nothing"; readonly data: string } & Partial<Rehearsed>)
    /** `inspects`: whatever state its schema is in. */
    | { readonly does: "reads" | "inspects" }
    /** On a schema that is up to date, and on no other. */
    | ({ readonly does: "writes" } & Rehearsed)
    /** Brings the schema up to date, then writes. */
    | ({ readonly does: "migrates" } & Partial<Rehearsed>)
  )

const rehearsal = (dryRun: string | undefined) =>
  dryRun === undefined ? "" : "; --dry-run only rehearses it, and changes nothing"

const dataOf = (declaration: Declaration) => {
  switch (declaration.does) {
    case "nothing":
      return declaration.data
    case "reads":
    case "inspects":
      return "Reads the database, and never writes"
    case "writes":
      return `Writes to the database${rehearsal(declaration.dryRun)}`
    case "migrates":
      return `Migrates the database, and writes to it${rehearsal(declaration.dryRun)}`
  }
}

const examplesOf = ([first, ...more]: Said["examples"]) =>
  `${more.length === 0 ? "Example" : "Examples"}:\n${[first, ...more].map((line) => `  ${line}`).join("\n")}`

/** Commander's command, with a declaration. One that only holds others has none. */
export class ZstCommand extends Command {
  declaration: Declaration | undefined

  override createCommand(name?: string) {
    return new ZstCommand(name)
  }

  /** To be called once the command has its other options. */
  declare(declaration: Declaration) {
    this.declaration = declaration
    if ("dryRun" in declaration && declaration.dryRun !== undefined) this.option("--dry-run", declaration.dryRun)
    const { details, examples, json = "print as JSON, errors too" } = declaration
    const paragraphs = [`${dataOf(declaration)}.`, ...(details === undefined ? [] : [details]), examplesOf(examples)]
    return this.option("--json", json).addHelpText("after", `\n${paragraphs.join("\n\n")}`)
  }

  example(line: string) {
    return this.addHelpText("after", `\n${examplesOf([line])}`)
  }
}
