// Programs that tests need from the system: found, else installed with apt-get where that is possible.
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { delimiter, join } from "node:path"
import { fail } from "./lib.mjs"

const onPath = (name) =>
  (process.env.PATH ?? "")
    .split(delimiter)
    .map((directory) => join(directory, name))
    .find((file) => fs.existsSync(file))

/** The path of the first of these programs; `debianPackage` brings it where apt-get may be used. */
export const findOrInstall = (what, names, debianPackage) => {
  const find = () => names.map(onPath).find((file) => file !== undefined)
  const found = find()
  if (found) return found
  if (onPath("apt-get") && process.getuid?.() === 0) {
    process.stderr.write(`Installing ${what} with apt-get…\n`)
    const quiet = { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } }
    spawnSync("apt-get", ["update", "-qq"], quiet)
    spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", debianPackage], quiet)
    const installed = find()
    if (installed) return installed
  }
  return fail(`${what} is missing: install the package "${debianPackage}" of your system, then start again.`)
}
