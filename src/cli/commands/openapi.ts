import type { Command } from "commander"

export const register = (program: Command) =>
  program
    .command("openapi")
    .description("Print the OpenAPI document of the HTTP interface; needs no database")
    .option("--out <file>", "write it to a file")
    .option("--dry-run", "say which file would be written")
    .option("--json", "the document is JSON as it is")
    .addHelpText("after", "\nExample:\n  zst openapi --out openapi.json")
    .action(async (options: { out?: string; dryRun?: boolean }) => (await import("../openapi.ts")).openapi(options))
