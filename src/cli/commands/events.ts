import type { Command } from "commander"
import type { RewindOptions, WriteOptions } from "../events.ts"
import { instant } from "../usage.ts"

const consumer = "a consumer's name, as zst events status shows it"

export const register = (program: Command) => {
  const events = program
    .command("events")
    .description("Look at the event log and who reads it; mend a consumer that fails, or let it read again")
    .addHelpText("after", "\nExample:\n  zst events status")

  events
    .command("status")
    .description("Show how far every consumer has read, and where one fails")
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExample:\n  zst events status")
    .action(async (options: { json?: boolean }) => (await import("../events.ts")).status(options))

  events
    .command("show")
    .description("Show one event with its payload")
    .argument("<id>", "the event's number")
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExample:\n  zst events show 1234")
    .action(async (id: string, options: { json?: boolean }) => (await import("../events.ts")).show(id, options))

  events
    .command("skip")
    .description("Step over the event at which a consumer fails, for good; it goes on with the next")
    .argument("<name>", consumer)
    .option("--dry-run", "say what would be stepped over")
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExample:\n  zst events skip figures.sales --dry-run")
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
    .option("--dry-run", "say how much it would read")
    .option("--json", "print as JSON")
    .addHelpText(
      "after",
      "\nExample:\n  zst events rewind figures.sales\n  zst events rewind figures.sales --to 2026-11-01T00:00Z"
    )
    .action(async (name: string, options: RewindOptions) => (await import("../events.ts")).rewind(name, options))

  events
    .command("forget")
    .description("Forget a consumer that is not there any more, for which events are kept longer")
    .argument("<name>", consumer)
    .option("--dry-run", "say what would be forgotten")
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExample:\n  zst events forget figures.old")
    .action(async (name: string, options: WriteOptions) => (await import("../events.ts")).forget(name, options))
}

const placeInTime = (text: string) => (text === "begin" ? text : instant(text))
