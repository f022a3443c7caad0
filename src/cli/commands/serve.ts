import type { Command } from "commander"
import { Effect } from "effect"

export const register = (program: Command) =>
  program
    .command("serve")
    .description("Run the HTTP server")
    .addHelpText("after", "\nExample:\n  PORT=8080 zst serve")
    .action(async () => {
      const { serve } = await import("../serve.ts")
      const { run, Logging } = await import("../run.ts")
      run(Effect.provide(serve, Logging))
    })
