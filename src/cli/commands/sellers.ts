import { Option } from "commander"
import type { SellerCategory, ShopStatus } from "../../services/auth/model.ts"
import type { ApplicationsOptions, DecisionOptions } from "../sellers.ts"
import { count, longText, text, whoever } from "../usage.ts"
import type { ChangeOptions, ListOptions } from "../users.ts"
import type { ZstCommand } from "../ZstCommand.ts"
import { applicationStatuses, sellerCategories } from "./choices.ts"
import { changing } from "./users.ts"

const whose = "an application's id, or its user's id, Clerk id, or confirmed e-mail address or phone number"
const whom = "an id, Clerk id, confirmed e-mail address or phone number, or shop address"

export const register = (program: ZstCommand) => {
  const sellers = program
    .command("sellers")
    .description("Decide who may sell, and who may no longer")
    .example("zst sellers applications")

  sellers
    .command("list")
    .description("List sellers, the newest first")
    .addOption(new Option("--shop <status>", "only shops that are").choices(["active", "suspended"]))
    .addOption(new Option("--seller-category <category>", "only these").choices(sellerCategories))
    .option("--search <text>", "parts of a name, e-mail address, phone number or Clerk id", text(100))
    .option("--limit <n>", "sellers a page", count, 20)
    .option("--page <n>", "which page", count, 1)
    .declare({ does: "reads", examples: ["zst sellers list --shop suspended"] })
    .action(async ({ shop, ...options }: ListOptions & { shop?: ShopStatus }) =>
      (await import("../users.ts")).list({ ...options, role: "seller", ...(shop && { shop_status: shop }) })
    )

  sellers
    .command("applications")
    .description("List applications, the newest first")
    .addOption(
      new Option("--status <status>", "only these").choices([...applicationStatuses, "all"]).default("pending")
    )
    .option("--limit <n>", "applications a page", count, 20)
    .option("--page <n>", "which page", count, 1)
    .declare({ does: "reads", examples: ["zst sellers applications --status rejected"] })
    .action(async (options: ApplicationsOptions) => (await import("../sellers.ts")).applications(options))

  sellers
    .command("approve")
    .description("Approve an application: its user is a seller at once")
    .argument("<who>", whose, whoever)
    .addOption(
      new Option("--seller-category <category>", "another category than the one applied for").choices(sellerCategories)
    )
    .declare({
      does: "writes",
      dryRun: "say what would become of it, and change nothing",
      examples: ["zst sellers approve amina@example.dz"]
    })
    .action(
      async (who: string, { sellerCategory, ...options }: DecisionOptions & { sellerCategory?: SellerCategory }) =>
        (await import("../sellers.ts")).decide(
          who,
          { decision: "approve", ...(sellerCategory && { seller_category: sellerCategory }) },
          options
        )
    )

  sellers
    .command("reject")
    .description("Reject an application; its user reads the reason, and may apply again")
    .argument("<who>", whose, whoever)
    .requiredOption("--reason <text>", "why, for the applicant to read", longText(500))
    .declare({
      does: "writes",
      dryRun: "say what would become of it, and change nothing",
      examples: ['zst sellers reject 0555123456 --reason "The register number is not yours"']
    })
    .action(async (who: string, { reason, ...options }: DecisionOptions & { reason: string }) =>
      (await import("../sellers.ts")).decide(who, { decision: "reject", reason }, options)
    )

  changing(
    sellers
      .command("suspend")
      .description("Close a shop: what it sells vanishes at once")
      .argument("<who>", whom, whoever),
    'zst sellers suspend le-grenier-de-setif --reason "Complaints"'
  ).action(async (who: string, options: ChangeOptions) =>
    (await import("../users.ts")).change(who, { shop_status: "suspended" }, options)
  )

  changing(
    sellers.command("reinstate").description("Open a suspended shop again").argument("<who>", whom, whoever),
    "zst sellers reinstate le-grenier-de-setif"
  ).action(async (who: string, options: ChangeOptions) =>
    (await import("../users.ts")).change(who, { shop_status: "active" }, options)
  )
}
