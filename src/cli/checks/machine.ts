import * as fs from "node:fs"
import { dirname, join } from "node:path"
import { Effect, Schema } from "effect"
import { findings } from "../../layers/Settings.ts"
import { checkPort } from "../../server/http/Listener.ts"
import { type Check, ok, warning, wrong } from "./check.ts"

const requiredNode = 24
const lowDisk = 1024 ** 3
const tooLittleDisk = 200 * 1024 ** 2

const node = (): Check => {
  const { version, versions } = process
  return Number.parseInt(versions.node, 10) >= requiredNode
    ? ok("Node", version)
    : wrong("Node", version, `install Node ${requiredNode}, or start with npm start, which brings it`)
}

/** The nearest directory that exists: what is not there yet will be made in it. */
const existing = (path: string): string =>
  fs.existsSync(path) || path === dirname(path) ? path : existing(dirname(path))

const canWrite = (path: string) => {
  try {
    fs.accessSync(path, fs.constants.W_OK)
    return fs.statSync(path).isDirectory()
  } catch {
    return false
  }
}

const dataDirectory = (dataDir: string): ReadonlyArray<Check> => {
  const place = existing(dataDir)
  const isThere = place === dataDir
  const { bavail, bsize } = fs.statfsSync(place)
  const free = bavail * bsize
  const found = `${(free / 1024 ** 3).toFixed(1)} GB free`
  return [
    canWrite(place)
      ? ok("Data directory", isThere ? dataDir : `${dataDir} (made at the first start)`)
      : wrong("Data directory", dataDir, `make ${place} a directory that this user can write to, or set ZST_DATA_DIR`),
    free < tooLittleDisk
      ? wrong("Disk", found, "free at least 200 MB")
      : free < lowDisk
        ? warning("Disk", found, "free some space before it runs out")
        : ok("Disk", found)
  ]
}

const Root = Schema.Struct({ data: Schema.Struct({ name: Schema.Literal("ZST"), version: Schema.String }) })
const isZst = Schema.is(Root)

const askRoot = (host: string, port: number) =>
  Effect.tryPromise(async (signal) => {
    const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host
    const response = await fetch(`http://${name.includes(":") ? `[${name}]` : name}:${port}/api/v1`, { signal })
    return await response.json()
  }).pipe(Effect.timeout("2 seconds"), Effect.option)

const port = Effect.fnUntraced(function* (host: string, number: number) {
  const listening = yield* Effect.result(checkPort({ host, port: number }))
  if (listening._tag === "Success") return ok("Port", `${number} is free`)
  const answer = yield* askRoot(host, number)
  return answer._tag === "Some" && isZst(answer.value)
    ? ok("Port", `${number} is served by a running ZST`)
    : wrong("Port", String(number), listening.failure.message)
})

const clock = (): Check => {
  const now = new Date()
  const built = fs.statSync(join(import.meta.dirname)).mtime
  return now < built
    ? wrong("Clock", now.toISOString(), "it is behind: set it, or tokens are refused")
    : ok("Clock", now.toISOString())
}

/** What this machine gives: Node, disk, port, time. Settings that cannot be read are told elsewhere. */
export const machineChecks = Effect.gen(function* () {
  const found = new Map((yield* findings).map(({ key, value }) => [key, value]))
  const [host, number, dataDir] = [found.get("host"), found.get("port"), found.get("dataDir")]
  return [
    node(),
    clock(),
    ...(typeof dataDir === "string" ? dataDirectory(dataDir) : []),
    ...(typeof host === "string" && typeof number === "number" ? [yield* port(host, number)] : [])
  ]
})
