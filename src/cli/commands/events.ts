import type { RewindOptions, WriteOptions } from "../events.ts"
import { instant } from "../usage.ts"
import type { ZstCommand } from "../ZstCommand.ts"

const consumer = "a consumer's name, as zst events status shows it"
const details = "NAME is one of those that zst events status shows."

export const register = (program: ZstCommand) => {
  const events = program
    .command("events")
    .description("Look at the event log and who reads it; mend a consumer that fails, or let it read again")
    .example("zst events status")

  events
    .command("status")
    .description("Show how far every consumer has read, and where one fails")
    .declare({ does: "reads", examples: ["zst events status"] })
    .action(async (options: { json?: boolean }) => (await import("../events.ts")).status(options))

  events
    .command("show")
    .description("Show one event with its payload")
    .argument("<id>", "the event's number")
    .declare({ does: "reads", examples: ["zst events show 1234"] })
    .action(async (id: string, options: { json?: boolean }) => (await import("../events.ts")).show(id, options))

  events
    .command("skip")
    .description("Step over the event at which a consumer fails, for good; it goes on with the next")
    .argument("<name>", consumer)
    .declare({
      does: "writes",
      dryRun: "say what would be stepped over",
      details,
      examples: ["zst events skip NAME --dry-run"]
    })
    .action(async (name: string, options: WriteOptions) => (await import("../events.ts")).skip(name, options))

  events
    .command("rewind")
    .description("Let a consumer read again; what it does outside the database it then does again, too")
    .argument("<name>", consumer)
    .option(
      "--to <time>",
      "back to the first event since then, or begin: the oldest that is kept",
      placeInTime,
      "begin"
    )
    .declare({
      does: "writes",
      dryRun: "say how much it would read",
      details,
      examples: ["zst events rewind NAME", "zst events rewind NAME --to 2026-11-01T00:00Z"]
    })
    .action(async (name: string, options: RewindOptions) => (await import("../events.ts")).rewind(name, options))

  events
    .command("forget")
    .description("Forget a consumer that is not there any more, for which events are kept longer")
    .argument("<name>", consumer)
    .declare({
      does: "writes",
      dryRun: "say what would be forgotten",
      details: "NAME is one of which zst events status says that it is not there.",
      examples: ["zst events forget NAME --dry-run"]
    })
    .action(async (name: string, options: WriteOptions) => (await import("../events.ts")).forget(name, options))
}

const placeInTime = (text: string) => (text === "begin" ? text : instant(text))
