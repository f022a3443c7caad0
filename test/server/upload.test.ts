import { NodeFileSystem } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import type { Multipart } from "effect/http"
import { receiving } from "../../src/server/http/upload.ts"
import type { Caller } from "../../src/services/auth/model.ts"
import { collectionsDuring } from "../support/memory.ts"

const megabyte = new Uint8Array(1_000_000)

/** A part of so many megabytes. */
const part = (key: string, count: number) =>
  ({
    _tag: "File",
    key,
    content: Stream.map(Stream.range(1, count), () => megabyte)
  }) as unknown as Multipart.Part

it.effect("what comes in has collected what it leaves behind every four megabytes, wanted or not", () =>
  Effect.gen(function* () {
    const receive = yield* receiving({ maxBytes: 10_000_000 })
    const caller = { id: "a person" } as unknown as Caller
    const came = (parts: ReadonlyArray<Multipart.Part>) =>
      collectionsDuring(Effect.exit(receive(caller, Stream.fromIterable(parts))))
    assert.isAtLeast(yield* came([part("file", 9)]), 2)
    assert.isAtLeast(yield* came([part("file", 30)]), 7)
    assert.isAtLeast(yield* came([part("file", 1), part("other", 20)]), 5)
  }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))
)
