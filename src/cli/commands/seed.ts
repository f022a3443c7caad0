import type { SeedOptions } from "../seed.ts"
import { count } from "../usage.ts"
import type { ZstCommand } from "../ZstCommand.ts"

const details = `Without numbers it fills the demo shop, once. With numbers it generates data for load, until there are as many; what an
earlier run left counts, so that an interrupted one is continued by the same command.`

export const register = (program: ZstCommand) =>
  program
    .command("seed")
    .description("Fill the demo shop, or generate products, orders and people for load")
    .option("--products <n>", "generated products to have", count)
    .option("--orders <n>", "generated orders to have", count)
    .option("--users <n>", "generated customers to have", count)
    .option("--sellers <n>", "generated sellers to have", count)
    .declare({
      does: "migrates",
      dryRun: "say what would be added",
      details,
      examples: ["zst seed", "zst seed --products 1000000 --orders 10000"]
    })
    .action(async (options: SeedOptions) => (await import("../seed.ts")).seed(options))
