import type { Command } from "commander"

export const register = (program: Command) =>
  program
    .command("doctor")
    .description("Check every dependency and setting: what is found, and what is wrong")
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExit code 1 when something is wrong.\n\nExample:\n  zst doctor")
    .action(async (options: { json?: boolean }) => (await import("../doctor.ts")).doctor(options))
