import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Command, CommanderError } from "commander"
import { root } from "../layers/root.ts"
import { register as doctor } from "./commands/doctor.ts"
import { register as events } from "./commands/events.ts"
import { register as guests } from "./commands/guests.ts"
import { register as jobs } from "./commands/jobs.ts"
import { register as media } from "./commands/media.ts"
import { register as migrate } from "./commands/migrate.ts"
import { register as openapi } from "./commands/openapi.ts"
import { register as seed } from "./commands/seed.ts"
import { register as sellers } from "./commands/sellers.ts"
import { register as serve } from "./commands/serve.ts"
import { register as territory } from "./commands/territory.ts"
import { register as token } from "./commands/token.ts"
import { register as users } from "./commands/users.ts"
import { register as work } from "./commands/work.ts"
import { surviveLostOutput } from "./output.ts"
import { usageError } from "./usage.ts"

surviveLostOutput()

const { version }: { version: string } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))

const program = new Command("zst")
  .description("The operator's command of ZST, the marketplace backend")
  .version(version)
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(usageError(text, process.argv.slice(2))) })
  .addHelpText("after", "\nExample:\n  zst serve\n\nSettings are environment variables; zst doctor lists them.")
for (const register of [
  serve,
  work,
  migrate,
  seed,
  token,
  users,
  guests,
  sellers,
  media,
  jobs,
  events,
  territory,
  doctor,
  openapi
])
  register(program)

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else {
    const { fail } = await import("./run.ts")
    fail(error)
  }
}
