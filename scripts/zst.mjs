#!/usr/bin/env node
import { execute, install, root, withOurDefaults } from "./lib.mjs"

const { npm_lifecycle_event: script, INIT_CWD: userDirectory } = process.env
// `npm run` moves to the project first; files named on the command line are meant from where the user is.
const cwd = script === "zst" && userDirectory && process.cwd() === root ? userDirectory : process.cwd()

await install()
await execute("src/cli/main.ts", process.argv.slice(2), { cwd, ...withOurDefaults })
