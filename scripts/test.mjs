import { execute, install, root } from "./lib.mjs"

await install({ development: true })
// The runner prints its counts; names and patterns after `npm test --` reach it. Without any, what takes long is left to
// `npm run test:faults` and `npm run test:long`.
const names = process.argv.slice(2)
const env = names.length === 0 ? { ...process.env, ZST_TESTS: "quick" } : process.env
await execute("node_modules/vitest/vitest.mjs", ["run", ...names], { cwd: root, env })
