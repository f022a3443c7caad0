import { Option } from "commander"
import type { Role, SellerCategory } from "../../services/auth/model.ts"
import { count, longText, text, whoever } from "../usage.ts"
import type { ChangeOptions, ListOptions, PurgeOptions } from "../users.ts"
import type { ZstCommand } from "../ZstCommand.ts"
import { roles, sellerCategories, userStatuses } from "./choices.ts"

const whom = "an id, Clerk id, confirmed e-mail address or phone number, or shop address"

/** The options of a command that changes somebody's standing. */
export const changing = (command: ZstCommand, example: string) =>
  command
    .option("--reason <text>", "why, for the audit log", longText(500))
    .declare({ does: "writes", dryRun: "say what would become of it, and change nothing", examples: [example] })

export const register = (program: ZstCommand) => {
  const users = program
    .command("users")
    .description("Find people, set their role, ban them, and erase who asked to go")
    .example("zst users list --search amina")

  users
    .command("list")
    .description("List users, the newest first")
    .option("--search <text>", "parts of a name, e-mail address, phone number or Clerk id", text(100))
    .addOption(new Option("--role <role>", "only these").choices(roles))
    .addOption(new Option("--seller-category <category>", "only these sellers").choices(sellerCategories))
    .addOption(new Option("--status <status>", "only these").choices(userStatuses))
    .option("--limit <n>", "users a page", count, 20)
    .option("--page <n>", "which page", count, 1)
    .declare({ does: "reads", examples: ["zst users list --role seller --status banned"] })
    .action(async (options: ListOptions) => (await import("../users.ts")).list(options))

  users
    .command("show")
    .description("Show one user")
    .argument("<who>", whom, whoever)
    .declare({ does: "reads", examples: ["zst users show amina@example.dz"] })
    .action(async (who: string, options: { json?: boolean }) => (await import("../users.ts")).show(who, options))

  changing(
    users
      .command("role")
      .description("Set a user's role")
      .argument("<who>", whom, whoever)
      .addArgument(users.createArgument("<role>", "the new role").choices(roles))
      .addOption(new Option("--seller-category <category>", "a seller's category").choices(sellerCategories)),
    "zst users role amina@example.dz seller --seller-category grossiste"
  ).action(
    async (
      who: string,
      role: Role,
      { sellerCategory, ...options }: ChangeOptions & { sellerCategory?: SellerCategory },
      command: ZstCommand
    ) => {
      if (sellerCategory !== undefined && role !== "seller")
        command.error("option '--seller-category <category>' goes with the role seller alone")
      const { change } = await import("../users.ts")
      change(who, { role, ...(sellerCategory && { seller_category: sellerCategory }) }, options)
    }
  )

  changing(
    users.command("ban").description("End a user's access at once; a shop closes").argument("<who>", whom, whoever),
    'zst users ban user_2RfWKJRE --reason "Fraud"'
  ).action(async (who: string, options: ChangeOptions) =>
    (await import("../users.ts")).change(who, { status: "banned" }, options)
  )

  changing(
    users.command("unban").description("Give a banned user access again").argument("<who>", whom, whoever),
    "zst users unban 0555123456"
  ).action(async (who: string, options: ChangeOptions) =>
    (await import("../users.ts")).change(who, { status: "active" }, options)
  )

  users
    .command("purge")
    .description("Erase the accounts whose deletion is due; run it daily")
    .declare({ does: "writes", dryRun: "say how many would be erased", examples: ["zst users purge --dry-run"] })
    .action(async (options: PurgeOptions) => (await import("../users.ts")).purge(options))
}
