/** The tree of all commands. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
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
import { invoke } from "./invocation.ts"
import { tellFailure } from "./tell.ts"
import { usageError } from "./usage.ts"
import { ZstCommand } from "./ZstCommand.ts"

const groups = [
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
]

export const makeProgram = () => {
  const { version }: { version: string } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  const program = new ZstCommand("zst")
    .description("The operator's command of ZST, the marketplace backend")
    .version(version)
    .exitOverride()
    .configureOutput({ outputError: (text) => tellFailure("Usage", usageError(text, process.argv.slice(2))) })
    .hook("preAction", (_, command) => invoke(command as ZstCommand))
    .example("zst serve")
    .addHelpText("after", "\nSettings are environment variables; zst doctor lists them.")
  for (const register of groups) register(program)
  return program
}
