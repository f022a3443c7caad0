import { execFile, spawn } from "node:child_process"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, type Layer } from "effect"
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

const nested = (depth: number) =>
  Array.from({ length: depth }).reduce<Buffer>((inner) => box("trak", inner), Buffer.alloc(0))

/** A track whose data is where its reference says, which is 12 bytes long, or says so. */
const referring = (reference: string) =>
  ["dinf", "minf", "mdia", "trak"].reduce(
    (inner, type) => box(type, inner),
    box("dref", Buffer.from(`0000000000000001${reference}`, "hex"))
  )

const url = Buffer.from("url ").toString("hex")
const elsewhere = referring(`0000000c${url}00000000`)
const decoy = box("mvhd", Buffer.alloc(4))
const hidden = (type: string) => box(type, Buffer.concat([decoy, elsewhere]))

const nothing = Buffer.alloc(0)
const wholeVideo = [box("moov", nothing), box("mdat", Buffer.alloc(8))]

type Hostile = readonly [name: string, reason: VideoFailed["reason"], boxes: ReadonlyArray<Buffer>]

const hostile: ReadonlyArray<Hostile> = [
  ["boxes within boxes", "damaged", [box("moov", nested(20))]],
  ["boxes within boxes without end", "damaged", [box("moov", nested(15_000))]],
  ["a reference that ends with its wide head", "damaged", [box("moov", referring(`00000001${url}0000000000000010`))]],
  ["a reference to another file", "unsupported", [box("moov", elsewhere)]],
  ...["hoov", "free"].map(
    (type): Hostile => [
      `a reference to another file in what FFmpeg takes for an index, ${type}`,
      "unsupported",
      [hidden(type), box("moov", nothing)]
    ]
  ),
  ["an index behind what only begins like one", "unsupported", [box("free", decoy), box("moov", elsewhere)]],
  ["an index in a box that follows an empty one", "unsupported", [box("free", nothing), hidden("free")]],
  ["a track beside its index", "unsupported", [box("moov", nothing), elsewhere]],
  ["a compressed index beside it", "unsupported", [box("moov", nothing), box("cmov", Buffer.alloc(8))]],
  ["many indexes", "damaged", Array.from({ length: 9 }, () => box("moov", box("udta", Buffer.alloc(2 * 1024 * 1024))))],
  ["an end that is none behind it", "damaged", [...wholeVideo, Buffer.from("000000016d6f6f760000000000000008", "hex")]],
  ["many small indexes", "damaged", Array.from({ length: 65 }, () => box("moov", nothing))],
  [
    "more boxes in its indexes than any",
    "damaged",
    Array.from({ length: 4 }, () =>
      box("moov", Buffer.concat(Array.from({ length: 5000 }, () => box("skip", nothing))))
    )
  ],
  ["more boxes than any recorder makes", "damaged", Array.from({ length: 20_001 }, () => box("free", nothing))]
]

const fileOf = Effect.fnUntraced(function* (boxes: ReadonlyArray<Buffer>, end = box("mdat", Buffer.alloc(8))) {
  const file = join(yield* temporaryDirectory, "clip.mp4")
  const bytes = [box("ftyp", Buffer.from("isom\0\0\0\0isom")), ...boxes, end]
  yield* Effect.promise(() => writeFile(file, Buffer.concat(bytes)))
  return file
})

for (const [name, reason, boxes] of hostile) {
  it.live(`what has ${name} is ${reason}, and gets no worker`, () =>
    Effect.gen(function* () {
      const failed = yield* Effect.flip((yield* Videos).probe(user, yield* fileOf(boxes)))
      assert.deepInclude(failed, { _tag: "VideoFailed", reason })
    }).pipe(Effect.provide(NodeAvVideos.layer({ program: "/nowhere.js" })))
  )
}

it.live("a minute with a fragment for every frame gets one", () =>
  Effect.gen(function* () {
    const fragment = [box("moof", Buffer.alloc(100)), box("mdat", Buffer.alloc(2000))]
    const boxes = [box("moov", nothing), ...Array.from({ length: 4500 }, () => fragment).flat()]
    const failed = yield* Effect.flip((yield* Videos).probe(user, yield* fileOf(boxes)))
    assert.deepInclude(failed, { _tag: "VideoFailed", reason: "crashed" })
  }).pipe(Effect.provide(NodeAvVideos.layer({ program: "/nowhere.js" })))
)

it.live("a few bytes behind its last box are no damage", () =>
  Effect.gen(function* () {
    const file = yield* fileOf(wholeVideo, Buffer.from("\0\0\0\x01camera"))
    assert.deepInclude(yield* Effect.flip((yield* Videos).probe(user, file)), { reason: "crashed" })
  }).pipe(Effect.provide(NodeAvVideos.layer({ program: "/nowhere.js" })))
)

it.live("what the disk does not give is no fault of the video's", () =>
  Effect.gen(function* () {
    const ended = yield* Effect.exit((yield* Videos).probe(user, "/nowhere.mp4"))
    assert.isTrue(Exit.hasDies(ended))
  }).pipe(Effect.provide(NodeAvVideos.layer({ program: "/nowhere.js" })))
)

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
