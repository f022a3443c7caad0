import type { Command } from "commander"

export const register = (program: Command) =>
  program
    .command("serve")
    .description("Run the HTTP server; the first run outside production fills a demo shop")
    .option("--no-seed", "leave an empty database empty")
    .option("--json", "print addresses and tokens as JSON")
    .addHelpText("after", "\nExample:\n  PORT=8080 zst serve")
    .action(async (options: { seed: boolean; json?: boolean }) => {
      const { serve } = await import("../serve.ts")
      const { run, ServerLogging } = await import("../run.ts")
      const { Effect } = await import("effect")
      run(Effect.provide(serve(options), ServerLogging), { stoppingIsSuccess: true })
    })
