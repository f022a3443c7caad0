import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { makeTickets } from "../../src/layers/disk-objects/tickets.ts"
import { Categories } from "../../src/services/catalog/Categories.ts"
import { keptOnceDone } from "../../src/services/keeping.ts"
import { TestDatabase } from "../support/database.ts"
import { temporaryDirectory } from "../support/directory.ts"

it.effect("what failed, died or was interrupted is tried again; what was done is kept", () =>
  Effect.gen(function* () {
    const begun = yield* Deferred.make<void>()
    const attempts = [
      Effect.fail("not yet"),
      Effect.die(new Error("broken")),
      Effect.andThen(Deferred.succeed(begun, undefined), Effect.never),
      Effect.succeed("done"),
      Effect.die(new Error("asked once too often"))
    ]
    const kept = yield* keptOnceDone(Effect.suspend(() => attempts.shift() ?? Effect.never))
    assert.isTrue(Exit.isFailure(yield* Effect.exit(kept)))
    assert.isTrue(Exit.isFailure(yield* Effect.exit(kept)))
    const left = yield* Effect.forkChild(kept)
    yield* Deferred.await(begun)
    yield* Fiber.interrupt(left)
    assert.deepStrictEqual([yield* kept, yield* kept], ["done", "done"])
  })
)

it.live("categories that could not be read are read again at once", () =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const { subtree } = yield* Categories
    yield* sql`ALTER TABLE categories RENAME TO categories_gone`
    assert.isTrue(Exit.isFailure(yield* Effect.exit(subtree("food"))))
    yield* sql`ALTER TABLE categories_gone RENAME TO categories`
    assert.isNotEmpty(yield* subtree("food"))
  }).pipe(Effect.provide(Categories.layer.pipe(Layer.provideMerge(TestDatabase))))
)

it.live("a key of tickets that could not be kept is kept when it can be", () =>
  Effect.gen(function* () {
    const directory = join(yield* temporaryDirectory("zst-tickets-"), "data")
    const { sign } = yield* makeTickets(directory)
    const ticket = { key: "k", content_type: "image/png", size: 1, expires: 1 }
    yield* Effect.sync(() => writeFileSync(directory, "no directory"))
    assert.isTrue(Exit.isFailure(yield* Effect.exit(sign(ticket))))
    yield* Effect.sync(() => rmSync(directory))
    assert.isNotEmpty(yield* sign(ticket))
  }).pipe(Effect.scoped)
)
