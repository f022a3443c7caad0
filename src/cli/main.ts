import { Command } from "commander"
import { register as serve } from "./commands/serve.ts"

const program = new Command("zst")
  .description("The operator's command of ZST, the marketplace backend")
  .version("0.1.0")
  .exitOverride()
  .showHelpAfterError()
serve(program)
try {
  await program.parseAsync()
} catch (error) {
  // commander has already said what was wrong with the arguments.
  process.exitCode = error instanceof Error && "exitCode" in error && error.exitCode === 0 ? 0 : 2
}
