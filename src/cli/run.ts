import { NodeRuntime } from "@effect/platform-node"
import { Cause, Effect, Exit, Layer, Logger, Option, References } from "effect"
import { Settings, type SettingsError } from "../layers/Settings.ts"

/**
 * Runs a command's effect to its end. A failure is one line on standard error and exit code 1; a signal interrupts the
 * effect, lets it clean up, and is no failure of a server.
 */
export const run = <E>(effect: Effect.Effect<void, E>) =>
  NodeRuntime.runMain(Effect.tapCause(effect, reportCause), {
    disableErrorReporting: true,
    teardown: (exit, onExit) => onExit(exitCode(exit))
  })

const exitCode = (exit: Exit.Exit<unknown, unknown>) =>
  Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause) ? 0 : 1

const reportCause = (cause: Cause.Cause<unknown>) =>
  Effect.sync(() => {
    if (Cause.hasInterruptsOnly(cause)) return
    const failure = Option.getOrUndefined(Cause.findErrorOption(cause))
    const text = failure instanceof Error ? failure.message : Cause.pretty(cause)
    process.stderr.write(`${text}\n`)
  })

/** Logs as the settings say: JSON lines, or plain ones on a terminal. */
export const Logging: Layer.Layer<never, SettingsError> = Layer.unwrap(
  Effect.map(Settings, ({ accessLog, logLevel }) =>
    Layer.merge(
      Logger.layer([accessLog === "plain" ? Logger.consolePretty() : Logger.consoleJson]),
      Layer.succeed(References.MinimumLogLevel, logLevel)
    )
  )
).pipe(Layer.provide(Settings.layer))
