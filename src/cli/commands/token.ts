import { type Command, Option } from "commander"
import type { TokenOptions } from "../token.ts"
import { text } from "../usage.ts"
import { sellerCategories } from "./choices.ts"

export const register = (program: Command) =>
  program
    .command("token")
    .description("Print one development token; the same arguments give the same user")
    .addOption(
      new Option("--role <role>", "whose token").choices(["customer", "seller", "admin"]).makeOptionMandatory()
    )
    .addOption(
      new Option("--seller-category <category>", "a seller's category, importateur unless said").choices(
        sellerCategories
      )
    )
    .option("--user <name>", "one of several such users", text(60))
    .option("--dry-run", "say whose it would be, and make nobody")
    .option("--json", "print as JSON, with the user's id")
    .addHelpText("after", "\nExample:\n  SELLER=$(zst token --role seller --seller-category importateur)")
    .action(async (options: TokenOptions, command: Command) => {
      if (options.sellerCategory !== undefined && options.role !== "seller") {
        command.error("option '--seller-category <category>' goes with --role seller alone")
      }
      const { token } = await import("../token.ts")
      token(options)
    })
