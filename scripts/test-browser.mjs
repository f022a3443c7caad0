import { execute, install, root } from "./lib.mjs"
import { findOrInstall } from "./tools.mjs"

await install({ development: true })
process.env.CHROMIUM ??= findOrInstall("chromium", ["chromium", "chromium-browser", "google-chrome"], "chromium")
await execute("node_modules/vitest/vitest.mjs", ["run", "--config", "test/browser/vitest.config.ts"], { cwd: root })
