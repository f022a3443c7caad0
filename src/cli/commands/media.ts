import type { Command } from "commander"
import type { GcOptions, ReprocessOptions } from "../media.ts"

export const register = (program: Command) => {
  const media = program
    .command("media")
    .description("Collect what no picture or video refers to, and make renditions again")
    .addHelpText("after", "\nExample:\n  zst media gc --dry-run")

  media
    .command("gc")
    .description("Remove uploads that were never completed or used, and objects that nothing names; run it daily")
    .option("--dry-run", "say what would be removed")
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExample:\n  zst media gc --dry-run")
    .action(async (options: GcOptions) => (await import("../media.ts")).gc(options))

  media
    .command("reprocess")
    .description("Make the poster and renditions of a video again, of its original")
    .argument("[id]", "the video's id")
    .option("--failed", "every video that failed")
    .option("--dry-run", "say how many it would be")
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExample:\n  zst media reprocess --failed")
    .action(async (id: string | undefined, options: ReprocessOptions, command: Command) => {
      if ((id === undefined) === (options.failed !== true)) command.error("give a video's id, or --failed")
      const { reprocess } = await import("../media.ts")
      reprocess(id, options)
    })
}
