import type { Command } from "commander"

export const register = (program: Command) =>
  program
    .command("work")
    .description("Do background jobs, without serving; for servers that run with JOBS=off, or to help one")
    .option("--json", "print what it does as JSON")
    .addHelpText(
      "after",
      "\nRuns until it is stopped; a job under way is then left to the next.\n\nExample:\n  zst work"
    )
    .action(async (options: { json?: boolean }) => {
      const { workAlone } = await import("../work.ts")
      const { run, ServerLogging } = await import("../run.ts")
      const { Effect } = await import("effect")
      run(Effect.provide(workAlone(options), ServerLogging), { stoppingIsSuccess: true })
    })
