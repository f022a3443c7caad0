import type { ZstCommand } from "../ZstCommand.ts"

export const register = (program: ZstCommand) =>
  program
    .command("doctor")
    .description("Check every dependency and setting: what is found, and what is wrong")
    .declare({ does: "inspects", details: "Exit code 1 when something is wrong.", examples: ["zst doctor"] })
    .action(async (options: { json?: boolean }) => (await import("../doctor.ts")).doctor(options))
