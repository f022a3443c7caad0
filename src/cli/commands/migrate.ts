import type { ZstCommand } from "../ZstCommand.ts"

export const register = (program: ZstCommand) => {
  const migrate = program
    .command("migrate")
    .description("Bring the database's schema up to date, look at it, or begin a change of it")
    .example("zst migrate status")

  migrate
    .command("up")
    .description("Apply what is pending, in one transaction")
    .declare({ does: "migrates", dryRun: "say what would be applied", examples: ["zst migrate up --dry-run"] })
    .action(async (options: { dryRun?: boolean; json?: boolean }) => (await import("../migrate.ts")).up(options))

  migrate
    .command("status")
    .description("List every migration and when it was applied")
    .declare({ does: "inspects", examples: ["zst migrate status"] })
    .action(async (options: { json?: boolean }) => (await import("../migrate.ts")).status(options))

  migrate
    .command("new")
    .description("Write an empty migration and add it to migrations/index.ts")
    .argument("<name>", "what it does, such as add_reviews")
    .declare({
      does: "nothing",
      data: "Writes files of the checkout, and touches no database",
      dryRun: "say which file would be written",
      examples: ["zst migrate new add_reviews"]
    })
    .action(async (name: string, options: { dryRun?: boolean; json?: boolean }, command: ZstCommand) => {
      const { create, nameOf } = await import("../newMigration.ts")
      const plain = nameOf(name)
      if (plain === undefined) command.error("a migration's name begins with a letter, such as add_reviews")
      else create(plain, options)
    })
}
