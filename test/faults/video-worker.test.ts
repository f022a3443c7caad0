import { execFile, spawn } from "node:child_process"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, type Layer } from "effect"
import { TestClock } from "effect/testing"
import * as NodeAvVideos from "../../src/layers/NodeAvVideos.ts"
import type { UserId } from "../../src/services/auth/model.ts"
import type { VideoFailed } from "../../src/services/media/errors.ts"
import { Videos } from "../../src/services/media/Videos.ts"
import { childrenOf, gone } from "../support/children.ts"
import { makeClip } from "../support/clips.ts"
import { filesIn, temporaryDirectory } from "../support/videoFiles.ts"

const worker = (name: string) => fileURLToPath(new URL(`../support/workers/${name}.ts`, import.meta.url))

const clip = Effect.gen(function* () {
  const file = join(yield* temporaryDirectory, "clip.mp4")
  yield* Effect.promise(() => makeClip(file, { width: 1280, height: 720, seconds: 6 }))
  return file
})

const user = "01890a5d-ac96-774b-bcce-b302099a8057" as UserId

const ignore = () => Effect.void

/** What a worker of this kind makes of any file, and that neither it nor a file stays. */
const outcomeWith = (videos: Layer.Layer<Videos>, onProgress: (percent: number) => Effect.Effect<void> = ignore) =>
  Effect.gen(function* () {
    const directory = yield* temporaryDirectory
    const { process: run } = yield* Videos
    const { reason }: VideoFailed = yield* Effect.flip(run("any.mp4", directory, onProgress))
    assert.deepStrictEqual(childrenOf(process.pid), [])
    assert.deepStrictEqual(yield* filesIn(directory), [])
    return reason
  }).pipe(Effect.provide(videos))

it.live(
  "kill -9 of the worker fails the video, and leaves neither files nor processes; the next one is processed",
  () =>
    Effect.gen(function* () {
      const [file, directory] = [yield* clip, yield* temporaryDirectory]
      const videos = yield* Videos
      const kill = Effect.sync(() => {
        for (const pid of childrenOf(process.pid)) process.kill(pid, "SIGKILL")
      })
      const killed = videos.process(file, directory, (percent) => (percent > 20 ? kill : Effect.void))
      assert.strictEqual((yield* Effect.flip(killed)).reason, "crashed")
      assert.deepStrictEqual(yield* filesIn(directory), [])
      assert.deepStrictEqual(childrenOf(process.pid), [])
      yield* videos.process(file, directory, ignore)
      assert.deepStrictEqual(yield* filesIn(directory), ["540p.mp4", "720p.mp4", "poster.jpg"])
    }).pipe(Effect.provide(NodeAvVideos.layer()))
)

it.live("an interrupted video takes its worker and its files along", () =>
  Effect.gen(function* () {
    const [file, directory, halfway] = [yield* clip, yield* temporaryDirectory, yield* Deferred.make<void>()]
    const videos = yield* Videos
    const fiber = yield* Effect.forkChild(
      videos.process(file, directory, (percent) =>
        percent > 30 ? Effect.asVoid(Deferred.succeed(halfway, undefined)) : Effect.void
      )
    )
    yield* Deferred.await(halfway)
    const [pid] = childrenOf(process.pid)
    assert.isDefined(pid)
    yield* Fiber.interrupt(fiber)
    assert.deepStrictEqual(childrenOf(process.pid), [])
    assert.deepStrictEqual(yield* filesIn(directory), [])
  }).pipe(Effect.provide(NodeAvVideos.layer()))
)

it.live("kill -9 of the server leaves no worker, and no half-written file", () =>
  Effect.gen(function* () {
    const [file, directory] = [yield* clip, yield* temporaryDirectory]
    const server = yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(process.execPath, [worker("server"), file, directory], { stdio: ["ignore", "pipe", "inherit"] })
      ),
      (server) => Effect.sync(() => server.kill("SIGKILL"))
    )
    yield* Effect.callback<void>((resume) => {
      server.stdout.on("data", (chunk) => /^[3-9]\d%/m.test(`${chunk}`) && resume(Effect.void))
    })
    const [pid = 0] = childrenOf(server.pid ?? 0)
    assert.isAbove(pid, 0)
    server.kill("SIGKILL")
    yield* Effect.timeout(gone(pid), "5 seconds")
    assert.deepStrictEqual(yield* filesIn(directory), [])
  })
)

it.effect("a worker that hangs is ended when twice the video's length and 30 seconds are over", () =>
  Effect.gen(function* () {
    const hanging = yield* Deferred.make<void>()
    const fiber = yield* Effect.forkChild(
      outcomeWith(NodeAvVideos.layer({ program: worker("hangs") }), () =>
        Effect.asVoid(Deferred.succeed(hanging, undefined))
      )
    )
    yield* Deferred.await(hanging)
    yield* TestClock.adjust("31 seconds")
    assert.isUndefined(fiber.pollUnsafe())
    yield* TestClock.adjust("1 second")
    assert.strictEqual(yield* Fiber.join(fiber), "took_too_long")
  })
)

it.live("a worker that does not say what a file is within 5 seconds is ended", () =>
  Effect.gen(function* () {
    const { probe } = yield* Videos
    const failed = yield* Effect.flip(probe(user, yield* clip))
    assert.deepInclude(failed, { _tag: "VideoFailed", reason: "took_too_long" })
    assert.deepStrictEqual(childrenOf(process.pid), [])
  }).pipe(Effect.provide(NodeAvVideos.layer({ program: worker("hangs") })))
)

it.live("what is no video by its structure gets no worker", () =>
  Effect.gen(function* () {
    const file = join(yield* temporaryDirectory, "clip.mp4")
    // Begins like one, and ends in the middle of a box.
    yield* Effect.promise(() => writeFile(file, Buffer.from("\0\0\0\x18ftypmp42\0\0\0\0isommp42\0\0\xff\xffmdat")))
    const failed = yield* Effect.flip((yield* Videos).probe(user, file))
    assert.deepInclude(failed, { _tag: "VideoFailed", reason: "damaged" })
  }).pipe(Effect.provide(NodeAvVideos.layer({ program: "/nowhere.js" })))
)

const box = (type: string, inside: Buffer) => {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(8 + inside.length)
  head.write(type, 4, "latin1")
  return Buffer.concat([head, inside])
}

const hostile: Record<string, Buffer> = {
  "boxes within boxes": Array.from({ length: 15_000 }).reduce<Buffer>((inner) => box("trak", inner), Buffer.alloc(0)),
  "a reference that ends with its wide head": box(
    "trak",
    box(
      "mdia",
      box(
        "minf",
        box(
          "dinf",
          box("dref", Buffer.from(`${"00".repeat(11)}01${Buffer.from("url ").toString("hex")}0000000000000010`, "hex"))
        )
      )
    )
  )
}

for (const [name, inside] of Object.entries(hostile)) {
  it.live(`an index with ${name} is damaged, and gets no worker`, () =>
    Effect.gen(function* () {
      const file = join(yield* temporaryDirectory, "clip.mp4")
      const bytes = [box("ftyp", Buffer.from("isom\0\0\0\0isom")), box("moov", inside), box("mdat", Buffer.alloc(8))]
      yield* Effect.promise(() => writeFile(file, Buffer.concat(bytes)))
      const failed = yield* Effect.flip((yield* Videos).probe(user, file))
      assert.deepInclude(failed, { _tag: "VideoFailed", reason: "damaged" })
    }).pipe(Effect.provide(NodeAvVideos.layer({ program: "/nowhere.js" })))
  )
}

it.live("whoever sends many files is probed after another's first", () =>
  Effect.gen(function* () {
    const { probe } = yield* Videos
    const file = yield* clip
    const ended: Array<string> = []
    const probed = (name: string) =>
      Effect.andThen(
        probe(name as UserId, file),
        Effect.sync(() => ended.push(name))
      )
    const names = [...Array.from({ length: 6 }, () => "many"), "one"]
    yield* Effect.forEach(names, probed, { concurrency: "unbounded" })
    assert.isBelow(ended.indexOf("one"), 4)
  }).pipe(Effect.provide(NodeAvVideos.layer()))
)

it.live("a worker that grows is ended", () =>
  Effect.gen(function* () {
    const memory = 300 * 1024 * 1024
    assert.strictEqual(yield* outcomeWith(NodeAvVideos.layer({ program: worker("grows"), memory })), "too_much_memory")
  })
)

it.live("a worker that leaps over the limit is stopped by the system", () =>
  Effect.gen(function* () {
    assert.strictEqual(yield* outcomeWith(NodeAvVideos.layer({ program: worker("leaps") })), "too_much_memory")
  })
)

it.live("what a worker says is not believed", () =>
  Effect.gen(function* () {
    assert.strictEqual(yield* outcomeWith(NodeAvVideos.layer({ program: worker("babbles") })), "crashed")
  })
)

it.live("what a worker says is bounded in bytes", () =>
  Effect.gen(function* () {
    assert.strictEqual(yield* outcomeWith(NodeAvVideos.layer({ program: worker("floods") })), "crashed")
  })
)

it.live("a word of a worker's that never ends is not kept", () =>
  Effect.gen(function* () {
    const args = [worker("server"), "any.mp4", yield* temporaryDirectory, worker("rambles")]
    const { stdout } = yield* Effect.promise(() => promisify(execFile)(process.execPath, args))
    const [, how, rise] = /(\w+) (\d+) MB/.exec(stdout) ?? []
    assert.strictEqual(how, "crashed", stdout)
    assert.isBelow(Number(rise), 100)
  })
)

it.live("a worker that cannot be started fails the video", () =>
  Effect.gen(function* () {
    assert.strictEqual(yield* outcomeWith(NodeAvVideos.layer({ program: "/nowhere.js" })), "crashed")
  })
)
