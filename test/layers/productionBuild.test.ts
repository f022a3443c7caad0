import { execFile } from "node:child_process"
import { mkdirSync } from "node:fs"
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { delimiter, dirname, join } from "node:path"
import { promisify } from "node:util"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { build } from "rolldown"
import config from "../../rolldown.config.ts"
import * as NodeAvVideos from "../../src/layers/NodeAvVideos.ts"
import { root } from "../../src/layers/root.ts"
import * as SharpImages from "../../src/layers/SharpImages.ts"
import { UserId } from "../../src/services/auth/model.ts"
import { Images } from "../../src/services/media/Images.ts"
import { Videos } from "../../src/services/media/Videos.ts"
import { makeClip } from "../support/clips.ts"
import { makeAvif, makeHeic } from "../support/heic.ts"
import { filesIn, temporaryDirectory } from "../support/videoFiles.ts"

// Within the checkout, where native packages are found.
const buildDirectory = Effect.acquireRelease(
  Effect.promise(() => {
    mkdirSync(join(root, ".vitest"), { recursive: true })
    return mkdtemp(join(root, ".vitest/build-"))
  }),
  (directory) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
)

const built = Effect.tap(
  Effect.map(buildDirectory, (directory) => join(directory, "dist")),
  (dir) => Effect.promise(() => build({ ...config, output: { dir, format: "esm" } }))
)

it.live("the launcher of the production build starts the program beside it, in little memory", () =>
  Effect.gen(function* () {
    const dist = yield* built
    for (const name of yield* filesIn(dist)) {
      if (!name.endsWith(".js")) continue
      // One sign more, and Node keeps all of it twice as long.
      assert.notMatch(yield* Effect.promise(() => readFile(join(dist, name), "utf8")), /[^\0-\xff]/, name)
    }
    const link = join(dist, "link")
    const says = "console.log(JSON.stringify([process.execArgv, process.argv.slice(2), process.env.MALLOC_ARENA_MAX]))"
    const run = (env: Record<string, string>) =>
      Effect.promise(async () => {
        const path = [dirname(process.execPath), process.env.PATH].join(delimiter)
        const { stdout } = await promisify(execFile)(link, ["a b"], { env: { PATH: path, ...env } })
        return JSON.parse(stdout)
      })
    yield* Effect.promise(() => symlink(join(dist, "zst"), link))
    yield* Effect.promise(() => writeFile(join(dist, "zst.js"), says))
    const [flags, args, arenas] = yield* run({})
    assert.includeMembers(flags, ["--max-semi-space-size=16", "--heap-growing-percent=40"])
    assert.deepStrictEqual([args, arenas], [["a b"], "1"])
    assert.strictEqual((yield* run({ MALLOC_ARENA_MAX: "3" }))[2], "3")
    // What npm installed goes before what is on the PATH, and what is too old is told so.
    const old = yield* temporaryDirectory
    const write = (path: string, text: string) =>
      Effect.promise(() => writeFile(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 }))
    yield* write(join(old, "node"), "echo v20.19.0")
    const path = [old, process.env.PATH].join(delimiter)
    const refused = yield* Effect.promise(() =>
      promisify(execFile)(link, [], { env: { PATH: path } }).catch(({ stderr }) => stderr)
    )
    assert.match(refused, /^Node 24 or later is missing/)
    const installed = join(dirname(dist), "node_modules/node/bin")
    yield* Effect.promise(() => mkdir(installed, { recursive: true }))
    yield* write(join(installed, "node"), `exec "${process.execPath}" "$@"`)
    assert.deepStrictEqual((yield* run({ PATH: path }))[1], ["a b"])
    // Nothing at all was installed, or what runs on another system.
    yield* Effect.promise(() => writeFile(join(installed, "node"), ""))
    assert.deepStrictEqual((yield* run({}))[1], ["a b"])
    yield* Effect.promise(() => writeFile(join(installed, "node"), "#!/nowhere/node\n"))
    for (const shell of ["sh", "bash"]) {
      const foreign = yield* Effect.promise(() => promisify(execFile)(shell, [link]).catch(({ stderr }) => stderr))
      assert.match(foreign, /Node 24 or later is missing/, shell)
    }
  })
)

it.live("a server of the production build loads nothing of Node's that it does not use", () =>
  Effect.gen(function* () {
    const dist = yield* built
    const serve = [...(yield* filesIn(dist))].find((name) => /^serve-.*\.js$/.test(name))
    const says = `await import(${JSON.stringify(join(dist, serve ?? ""))}); console.log(process.moduleLoadList.join("\\n"))`
    const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", says]
    const { stdout } = yield* Effect.promise(() => promisify(execFile)(process.execPath, args))
    const loaded = stdout.split("\n")
    assert.includeMembers(loaded, ["NativeModule net", "NativeModule _http_server"])
    assert.notInclude(loaded, "NativeModule internal/deps/undici/undici")
  })
)

it.live(
  "the worker of the production build, which lies beside the program, processes a video, and HEIC and AVIF pictures",
  () =>
    Effect.gen(function* () {
      const [dist, directory, source] = [yield* built, yield* temporaryDirectory, yield* temporaryDirectory]
      assert.includeMembers([...(yield* filesIn(dist))], ["media-worker.js", "zst.js"])
      const file = join(source, "clip.mp4")
      yield* Effect.promise(() => makeClip(file, { width: 640, height: 360, seconds: 1 }))
      const worker = NodeAvVideos.layer({ program: join(dist, "media-worker.js") })
      const { renditions } = yield* Effect.provide(
        Effect.flatMap(Videos, ({ process: run }) => run(file, directory, () => Effect.void)),
        worker
      )
      assert.deepStrictEqual(
        renditions.map(({ name, width, height }) => ({ name, width, height })),
        [{ name: "540p", width: 640, height: 360 }]
      )
      const rendition = { name: "small", longest: 80, quality: 80, effort: 0 }
      for (const make of [makeHeic, makeAvif]) {
        const bytes = yield* Effect.promise(() => make({ width: 320, height: 240 }))
        const [picture] = yield* Effect.provide(
          Effect.flatMap(Images, ({ render }) => render(UserId.make("somebody"), { bytes }, [rendition])),
          SharpImages.layerWith({ program: join(dist, "media-worker.js") })
        )
        assert.deepStrictEqual([picture?.width, picture?.height], [80, 60])
      }
    })
)
