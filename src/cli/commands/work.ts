import type { ZstCommand } from "../ZstCommand.ts"

export const register = (program: ZstCommand) =>
  program
    .command("work")
    .description("Do background jobs, without serving; for servers that run with JOBS=off, or to help one")
    .declare({
      does: "migrates",
      stays: true,
      json: "print what it does as JSON, and log so",
      details: "Runs until it is stopped; a job under way is then left to the next.",
      examples: ["zst work"]
    })
    .action(async (options: { json?: boolean }) => {
      const { workAlone } = await import("../work.ts")
      const { run, ServerLogging } = await import("../run.ts")
      const { Effect } = await import("effect")
      run(Effect.provide(workAlone(options), ServerLogging), { stoppingIsSuccess: true })
    })
