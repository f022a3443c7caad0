import type { ZstCommand } from "../ZstCommand.ts"

export const register = (program: ZstCommand) =>
  program
    .command("serve")
    .description("Run the HTTP server; the first run outside production fills a demo shop")
    .option("--no-seed", "leave an empty database empty")
    .declare({
      does: "migrates",
      stays: true,
      json: "print addresses as JSON, and log so",
      examples: ["PORT=8080 zst serve"]
    })
    .action(async (options: { seed: boolean; json?: boolean }) => {
      const { serve } = await import("../serve.ts")
      const { run, ServerLogging } = await import("../run.ts")
      const { Effect } = await import("effect")
      run(Effect.provide(serve(options), ServerLogging), { stoppingIsSuccess: true })
    })
