import type { ImportOptions } from "../territory.ts"
import type { ZstCommand } from "../ZstCommand.ts"

export const register = (program: ZstCommand) => {
  const territory = program
    .command("territory")
    .description("The wilayas, as a reform makes them")
    .example("zst territory import reform.csv --dry-run")

  territory
    .command("import")
    .description("Add and correct wilayas from a CSV file; none goes, and old orders keep what they said")
    .argument(
      "<file>",
      "in UTF-8, with the columns code, name_fr, name_ar, valid_from and parent, as its first line names them"
    )
    .declare({
      does: "writes",
      dryRun: "say which, and change nothing",
      examples: ["zst territory import reform.csv --dry-run"]
    })
    .action(async (file: string, options: ImportOptions) => (await import("../territory.ts")).importFile(file, options))
}
