import type { GcOptions, ReprocessOptions } from "../media.ts"
import type { ZstCommand } from "../ZstCommand.ts"

export const register = (program: ZstCommand) => {
  const media = program
    .command("media")
    .description("Collect what no picture or video refers to, and make renditions again")
    .example("zst media gc --dry-run")

  media
    .command("gc")
    .description("Remove uploads that were never completed or used, and objects that nothing names; run it daily")
    .declare({ does: "writes", dryRun: "say what would be removed", examples: ["zst media gc --dry-run"] })
    .action(async (options: GcOptions) => (await import("../media.ts")).gc(options))

  media
    .command("reprocess")
    .description("Make the poster and renditions of a video again, of its original")
    .argument("[id]", "the video's id")
    .option("--failed", "every video that failed")
    .declare({ does: "writes", dryRun: "say how many it would be", examples: ["zst media reprocess --failed"] })
    .action(async (id: string | undefined, options: ReprocessOptions, command: ZstCommand) => {
      if ((id === undefined) === (options.failed !== true)) command.error("give a video's id, or --failed")
      const { reprocess } = await import("../media.ts")
      reprocess(id, options)
    })
}
