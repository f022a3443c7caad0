import type { Command } from "commander"
import type { ListOptions, RetryOptions, RunOptions, WriteOptions } from "../jobs.ts"
import { count } from "../usage.ts"

const which = "a job's number or id, as zst jobs list shows them"

export const register = (program: Command) => {
  const jobs = program
    .command("jobs")
    .description("Look at background jobs, and bring back or drop those that failed")
    .addHelpText("after", "\nExample:\n  zst jobs list --failed")

  jobs
    .command("list")
    .description("List jobs that are not done, the last changed first")
    .option("--failed", "only those that failed for good")
    .option("--kind <kind>", "only of this kind")
    .option("--limit <n>", "how many at most", count, 50)
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExample:\n  zst jobs list --kind accounts.purge")
    .action(async (options: ListOptions) => (await import("../jobs.ts")).list(options))

  jobs
    .command("show")
    .description("Show one job, with its payload and its last failure")
    .argument("<id>", which)
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExample:\n  zst jobs show 17")
    .action(async (id: string, options: { json?: boolean }) => (await import("../jobs.ts")).show(id, options))

  jobs
    .command("retry")
    .description("Make a failed or delayed job due now, with all its attempts before it")
    .argument("[id]", which)
    .option("--all-failed", "every job that failed for good")
    .option("--kind <kind>", "of --all-failed, only this kind")
    .option("--dry-run", "say what would be tried again")
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExample:\n  zst jobs retry 17\n  zst jobs retry --all-failed")
    .action(async (id: string | undefined, options: RetryOptions, command: Command) => {
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
    .option("--dry-run", "say what would be dropped")
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExample:\n  zst jobs drop 17 --dry-run")
    .action(async (id: string, options: WriteOptions) => (await import("../jobs.ts")).drop(id, options))

  jobs
    .command("run")
    .description("Do the work of a kind here and now, whatever is queued; safe beside workers")
    .argument("<kind>", "such as accounts.purge")
    .option("--payload <json>", "what it is about", "{}")
    .option("--dry-run", "look at the payload only")
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExample:\n  zst jobs run idempotency.prune")
    .action(async (kind: string, options: RunOptions) => (await import("../jobs.ts")).runKind(kind, options))
}
