import type { Command } from "commander"

export const register = (program: Command) => {
  const migrate = program
    .command("migrate")
    .description("Bring the database's schema up to date, look at it, or begin a change of it")
    .addHelpText("after", "\nExample:\n  zst migrate status")

  migrate
    .command("up")
    .description("Apply what is pending, in one transaction")
    .option("--dry-run", "say what would be applied")
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExample:\n  zst migrate up --dry-run")
    .action(async (options: { dryRun?: boolean; json?: boolean }) => (await import("../migrate.ts")).up(options))

  migrate
    .command("status")
    .description("List every migration and when it was applied")
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExample:\n  zst migrate status")
    .action(async (options: { json?: boolean }) => (await import("../migrate.ts")).status(options))

  migrate
    .command("new")
    .description("Write an empty migration and add it to migrations/index.ts")
    .argument("<name>", "what it does, such as add_reviews")
    .option("--dry-run", "say which file would be written")
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExample:\n  zst migrate new add_reviews")
    .action(async (name: string, options: { dryRun?: boolean; json?: boolean }, command: Command) => {
      const { create, nameOf } = await import("../newMigration.ts")
      const plain = nameOf(name)
      if (plain === undefined) command.error("a migration's name begins with a letter, such as add_reviews")
      else create(plain, options)
    })
}
