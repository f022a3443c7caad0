import type { EraseOptions, FindOptions } from "../guests.ts"
import type { ZstCommand } from "../ZstCommand.ts"

const phone = "the phone number that they ordered with"

export const register = (program: ZstCommand) => {
  const guests = program
    .command("guests")
    .description("Find and forget people who ordered without an account")
    .example("zst guests find 0555123456")

  guests
    .command("find")
    .description("List a guest's orders, the newest first")
    .argument("<phone>", phone)
    .declare({ does: "reads", examples: ["zst guests find 0555123456"] })
    .action(async (who: string, options: FindOptions) => (await import("../guests.ts")).find(who, options))

  guests
    .command("erase")
    .description("Forget a guest's name, phone and address; open orders keep them until they are finished")
    .argument("<phone>", phone)
    .declare({
      does: "writes",
      dryRun: "say of how many orders, and change nothing",
      examples: ["zst guests erase 0555123456 --dry-run"]
    })
    .action(async (who: string, options: EraseOptions) => (await import("../guests.ts")).erase(who, options))
}
