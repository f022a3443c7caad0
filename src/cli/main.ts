import { CommanderError } from "commander"
import { surviveLostOutput } from "./output.ts"
import { makeProgram } from "./program.ts"

surviveLostOutput()

try {
  await makeProgram().parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else {
    const { fail } = await import("./run.ts")
    fail(error)
  }
}
