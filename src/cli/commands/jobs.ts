import type { ListOptions, RetryOptions, RunOptions, WriteOptions } from "../jobs.ts"
import { count } from "../usage.ts"
import type { ZstCommand } from "../ZstCommand.ts"

const which = "a job's number or id, as zst jobs list shows them"

export const register = (program: ZstCommand) => {
  const jobs = program
    .command("jobs")
    .description("Look at background jobs, and bring back or drop those that failed")
    .example("zst jobs list --failed")

  jobs
    .command("list")
    .description("List jobs that are not done, the last changed first")
    .option("--failed", "only those that failed for good")
    .option("--kind <kind>", "only of this kind")
    .option("--limit <n>", "how many at most", count, 50)
    .declare({ does: "reads", examples: ["zst jobs list --kind accounts.purge"] })
    .action(async (options: ListOptions) => (await import("../jobs.ts")).list(options))

  jobs
    .command("show")
    .description("Show one job, with its payload and its last failure")
    .argument("<id>", which)
    .declare({ does: "reads", examples: ["zst jobs show 17"] })
    .action(async (id: string, options: { json?: boolean }) => (await import("../jobs.ts")).show(id, options))

  jobs
    .command("retry")
    .description("Make a job due now that failed for good or waits after a failed try, with all its attempts before it")
    .argument("[id]", which)
    .option("--all-failed", "every job that failed for good")
    .option("--kind <kind>", "of --all-failed, only this kind")
    .declare({
      does: "writes",
      dryRun: "say what would be tried again",
      examples: ["zst jobs retry 17", "zst jobs retry --all-failed"]
    })
    .action(async (id: string | undefined, options: RetryOptions, command: ZstCommand) => {
      if ((id === undefined) !== (options.allFailed === true)) command.error("give one job's id, or --all-failed")
      if (options.kind !== undefined && id !== undefined) command.error("option '--kind <kind>' goes with --all-failed")
      const { retry, retryFailed } = await import("../jobs.ts")
      if (id === undefined) retryFailed(options)
      else retry(id, options)
    })

  jobs
    .command("drop")
    .description("Forget a job that is not running")
    .argument("<id>", which)
    .declare({ does: "writes", dryRun: "say what would be dropped", examples: ["zst jobs drop 17 --dry-run"] })
    .action(async (id: string, options: WriteOptions) => (await import("../jobs.ts")).drop(id, options))

  jobs
    .command("run")
    .description("Do the work of a kind here and now, whatever is queued; safe beside workers")
    .argument("<kind>", "such as accounts.purge")
    .option("--payload <json>", "what it is about", "{}")
    .declare({ does: "writes", dryRun: "look at the payload only", examples: ["zst jobs run idempotency.prune"] })
    .action(async (kind: string, options: RunOptions) => (await import("../jobs.ts")).runKind(kind, options))
}
