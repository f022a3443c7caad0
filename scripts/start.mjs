import { execute, install, withOurDefaults } from "./lib.mjs"

await install()
await execute("src/cli/main.ts", ["serve", ...process.argv.slice(2)], withOurDefaults)
