import { execute, install } from "./lib.mjs"

await install()
await execute("src/cli/main.ts", ["serve", ...process.argv.slice(2)])
