import { NodeRuntime } from "@effect/platform-node"
import { Cause, Duration, Effect, Exit, identity, Layer, Logger, References } from "effect"
import { OnlyReading } from "../layers/OnlyReading.ts"
import { PlainLogs, Settings, type SettingsError } from "../layers/Settings.ts"
import { longPatience } from "../services/patience.ts"
import { codeOf, explain, explainCause, failureIn } from "./explain.ts"
import { onlyReads } from "./invocation.ts"
import { speaksJson, tell, tellFailure } from "./tell.ts"

type Options = {
  /** A server is there to be stopped; a command that is stopped has not done its work. */
  readonly stoppingIsSuccess?: boolean
}

/**
 * Runs a command's effect to its end. A failure is one line on standard error and exit code 1; a signal interrupts the
 * effect and lets it clean up.
 */
export const run = <E>(effect: Effect.Effect<void, E>, { stoppingIsSuccess = false }: Options = {}) => {
  const stopping = announceStop()
  const told = effect.pipe(
    Effect.tapCause(reportCause),
    Effect.provideService(OnlyReading, onlyReads()),
    // Nobody is sent spans, which cost each request a tenth of its work.
    Effect.provideService(References.TracerEnabled, false),
    speaksJson() ? Effect.provideService(PlainLogs, false) : identity,
    // Until the settings say more.
    Effect.provide(BesideOutput)
  )
  NodeRuntime.runMain(told, {
    disableErrorReporting: true,
    teardown: (exit, onExit) => {
      stopping.done()
      if (stoppingIsSuccess) return onExit(Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause) ? 0 : 1)
      // Whether the last of its output could be written is known by then (output.ts).
      setImmediate(() => onExit(Exit.isSuccess(exit) ? Number(process.exitCode ?? 0) : 1))
    }
  })
}

/** What went wrong before there was an effect to run. */
export const fail = (error: unknown) => {
  tellFailure(codeOf(error), explain(error))
  process.exitCode = 1
}

const reportCause = (cause: Cause.Cause<unknown>) =>
  Effect.sync(() => {
    if (!Cause.hasInterruptsOnly(cause)) tellFailure(codeOf(failureIn(cause)), explainCause(cause))
  })

// Elsewhere than on a terminal the line is written whole, for logs may come in between.
const isShown = () => process.stderr.isTTY && !speaksJson()

// Longer than what a command has begun and does not break off, such as the erasure of somebody (services/patience.ts).
let longestStop = Duration.toSeconds(longPatience) + 10

/** How many seconds after it was told to stop this command ends, whatever it waits for: a database may never answer. */
export const stopWithin = (seconds: number) => {
  longestStop = seconds
}

const giveUp = () => {
  const begun = isShown() ? "" : "Stopping… "
  tellFailure("NotStopped", `${begun}something did not end within ${longestStop} seconds.`)
  process.exit(1)
}

const announceStop = () => {
  let begun = false
  const begin = () => {
    if (begun) return
    if (isShown()) process.stderr.write("Stopping… ")
    begun = true
    setTimeout(giveUp, longestStop * 1000).unref()
  }
  process.on("SIGINT", begin)
  process.on("SIGTERM", begin)
  // A terminal that closes: the same as being told to stop, or an embedded PostgreSQL would be left behind.
  process.on("SIGHUP", () => process.emit("SIGTERM"))
  return { done: () => begun && (isShown() ? process.stderr.write("done.\n") : tell("Stopping… done.")) }
}

/** Logs of a server, as the settings say: JSON lines, or plain ones on a terminal. */
export const ServerLogging: Layer.Layer<never, SettingsError> = Layer.unwrap(
  Effect.map(Settings, ({ accessLog, logLevel }) =>
    Layer.merge(
      Logger.layer([accessLog === "plain" ? Logger.consolePretty() : Logger.consoleJson]),
      Layer.succeed(References.MinimumLogLevel, logLevel)
    )
  )
).pipe(Layer.provide(Settings.layer))

const toStandardError = Logger.make(({ message }) => tell(Array.isArray(message) ? message.join(" ") : String(message)))

/** Logs of every other command: lines beside its output, for standard output may go into a file. */
const BesideOutput = Logger.layer([toStandardError])

export const CommandLogging: Layer.Layer<never, SettingsError> = Layer.unwrap(
  Effect.map(Settings, ({ logLevel }) => Layer.merge(BesideOutput, Layer.succeed(References.MinimumLogLevel, logLevel)))
).pipe(Layer.provide(Settings.layer))
