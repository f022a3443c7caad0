import { execute, install, root } from "./lib.mjs"

await install({ development: true })
// The runner prints its counts; names and patterns after `npm test --` reach it.
await execute("node_modules/vitest/vitest.mjs", ["run", ...process.argv.slice(2)], { cwd: root })
