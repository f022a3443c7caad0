// Plain JavaScript for Node 18 and later: it runs before anything is installed.
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import { constants } from "node:os"
import { basename, dirname, join } from "node:path"
import { isatty } from "node:tty"
import { fileURLToPath } from "node:url"

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const REQUIRED_NODE = 24
const installedNode = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node")
const currentIsEnough = Number(process.versions.node.split(".")[0]) >= REQUIRED_NODE

const asksForJson = process.argv.includes("--json")

const say = (message, value = { message }) => {
  process.stderr.write(`${asksForJson ? JSON.stringify(value) : message}\n`)
}

/** One line on the terminal, and the end. */
export const fail = (message) => {
  say(message, { error: { code: "NotStarted", message } })
  process.exit(1)
}

/** The Node that runs TypeScript: the pinned one, else this one if it is recent enough. */
export const node = () => {
  if (fs.existsSync(installedNode)) return installedNode
  if (currentIsEnough) return process.execPath
  return fail(`Node ${REQUIRED_NODE} is missing: run "npm ci" without ignore-scripts, or use Node ${REQUIRED_NODE}.`)
}

const readPackages = (path) => {
  try {
    return JSON.parse(fs.readFileSync(path, "utf8")).packages
  } catch {
    return undefined
  }
}

/** Compares what is locked with what npm says it installed; dates would lie after a copy or a checkout. */
const isInstalled = (needsDevelopmentPackages) => {
  const locked = readPackages(join(root, "package-lock.json"))
  const installed = readPackages(join(root, "node_modules", ".package-lock.json"))
  if (!locked || !installed) return false
  if (!currentIsEnough && !fs.existsSync(installedNode)) return false
  return Object.entries(locked).every(([path, { version, optional, devOptional, dev }]) => {
    if (path === "" || installed[path]?.version === version) return true
    const mayMiss = optional || devOptional || (dev && !needsDevelopmentPackages && currentIsEnough)
    return mayMiss && !installed[path]
  })
}

/** npm passes a SIGTERM on to the shell between it and us, and shells such as dash die of it without telling anyone. */
const whenOrphaned = (then) => {
  const parent = process.ppid
  if (process.env.npm_lifecycle_event === undefined) return undefined
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    then()
  }, 250)
  return timer
}

/** Ends with the child's code, or 128 + signal as a shell would tell it. */
const run = (command, args, options) =>
  new Promise((resolve) => {
    const child = spawn(command, args, options)
    const forward = (signal) => child.kill(signal)
    // A terminal sends Ctrl-C to the child as well; whoever signals this process alone means the child.
    const interrupt = () => [0, 1, 2].some(isatty) || forward("SIGINT")
    process.on("SIGINT", interrupt)
    process.on("SIGTERM", forward)
    process.on("SIGHUP", forward)
    const orphaned = whenOrphaned(() => forward("SIGTERM"))
    const done = (code) => {
      clearInterval(orphaned)
      process.off("SIGINT", interrupt)
      process.off("SIGTERM", forward)
      process.off("SIGHUP", forward)
      resolve(code)
    }
    child.once("error", (error) => {
      say(`Cannot run ${command}: ${error.message}`)
      done(1)
    })
    child.once("close", (code, signal) => done(signal ? 128 + constants.signals[signal] : code))
  })

const npmCi = (development) => {
  const script = process.env.npm_execpath
  const isNpm = script !== undefined && basename(script) === "npm-cli.js"
  const args = ["ci", "--loglevel=error", "--no-audit", "--no-fund"]
  if (development || !currentIsEnough) args.push("--include=dev")
  // Its standard output is no part of what the command prints. EBADENGINE is a warning, so errors alone are left.
  // node-av brings a library; an older npm would let it download a program as well, which nothing uses.
  const env = { ...process.env, SKIP_FFMPEG: "true" }
  const options = { cwd: root, stdio: ["ignore", "ignore", "inherit"], env }
  return isNpm
    ? run(process.execPath, [script, ...args], options)
    : run("npm", args, { ...options, shell: process.platform === "win32" })
}

const isAlive = (pid) => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === "EPERM"
  }
}

const ABANDONED_MS = 10_000

/**
 * Two commands on a fresh clone must not both rewrite node_modules. Says who has the file, and undefined once this
 * process does.
 */
const takeInstallLock = (file) => {
  try {
    fs.mkdirSync(dirname(file), { recursive: true })
    fs.writeFileSync(file, String(process.pid), { flag: "wx" })
    return undefined
  } catch (error) {
    if (error.code !== "EEXIST") fail(`Cannot write to ${root} (${error.code}): make it writable, then start again.`)
    const holder = Number(fs.existsSync(file) && fs.readFileSync(file, "utf8"))
    const since = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
    if (holder ? !isAlive(holder) : Date.now() - since > ABANDONED_MS) fs.rmSync(file, { force: true })
    return holder ? `process ${holder}` : "another process"
  }
}

const waitForInstallLock = async (file) => {
  let told
  for (let holder = takeInstallLock(file); holder !== undefined; holder = takeInstallLock(file)) {
    if (told !== holder) say(`Waiting for ${holder}, which installs them; if that is no zst command, remove ${file}.`)
    told = holder
    await sleep(100)
  }
}

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Installs what is locked and missing. `development: true` when the tools (tests, checks) are needed too. */
export const install = async ({ development = false } = {}) => {
  if (isInstalled(development)) return
  const lock = join(root, ".zst", "install.lock")
  const first = !fs.existsSync(join(root, "node_modules"))
  say(`Installing dependencies${first ? " (first run)" : ""}…`)
  await waitForInstallLock(lock)
  const code = isInstalled(development) ? 0 : await npmCi(development)
  fs.rmSync(lock, { force: true })
  if (code > 128) process.exit(code)
  if (code !== 0) fail("The dependencies could not be installed: mend what npm says above, then start again.")
}

/**
 * What keeps a working server small. V8 would let what is new grow to 134 MB, and what is old to several times its size
 * before it looks for what can go. Buffers outside of its heap would wait for a thread that busy processors let wait, and
 * for more than they weigh (src/services/outsideHeap.ts asks for its collector). glibc would keep an arena for each of ten
 * threads, and pictures that are long done.
 */
export const memory = {
  nodeFlags: [
    "--max-semi-space-size=16",
    "--heap-growing-percent=40",
    "--no-concurrent-array-buffer-sweeping",
    "--expose-gc"
  ],
  env: { MALLOC_ARENA_MAX: "1", MALLOC_MMAP_THRESHOLD_: String(128 * 1024) }
}

/** Compiled code is kept beside the packages it came from: a command then starts a third sooner. */
export const withOurDefaults = {
  nodeFlags: memory.nodeFlags,
  env: { NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "node"), ...memory.env, ...process.env }
}

/** Runs a file of the project on the pinned Node with this process's terminal, and exits as it does. */
export const execute = async (file, args, { nodeFlags = [], ...options } = {}) => {
  const flags = ["--disable-warning=ExperimentalWarning", ...nodeFlags]
  process.exit(await run(node(), [...flags, join(root, file), ...args], { stdio: "inherit", ...options }))
}
