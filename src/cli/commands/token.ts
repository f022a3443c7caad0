import { Option } from "commander"
import type { TokenOptions } from "../token.ts"
import { text } from "../usage.ts"
import type { ZstCommand } from "../ZstCommand.ts"
import { sellerCategories } from "./choices.ts"

export const register = (program: ZstCommand) =>
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
    .declare({
      does: "writes",
      dryRun: "say whose it would be, and make nobody",
      json: "print as JSON, with the user's id",
      examples: ["SELLER=$(zst token --role seller --seller-category importateur)"]
    })
    .action(async (options: TokenOptions, command: ZstCommand) => {
      if (options.sellerCategory !== undefined && options.role !== "seller") {
        command.error("option '--seller-category <category>' goes with --role seller alone")
      }
      const { token } = await import("../token.ts")
      token(options)
    })
