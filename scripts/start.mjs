import { execute, install, withCompileCache } from "./lib.mjs"

await install()
await execute("src/cli/main.ts", ["serve", ...process.argv.slice(2)], withCompileCache)
