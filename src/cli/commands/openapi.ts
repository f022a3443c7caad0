import type { ZstCommand } from "../ZstCommand.ts"

export const register = (program: ZstCommand) =>
  program
    .command("openapi")
    .description("Print the OpenAPI document of the HTTP interface; needs no database")
    .option("--out <file>", "write it to a file")
    .declare({
      does: "nothing",
      data: "Touches no database",
      dryRun: "say which file would be written",
      examples: ["zst openapi --out openapi.json"]
    })
    .action(async (options: { out?: string; dryRun?: boolean }) => (await import("../openapi.ts")).openapi(options))
