/** The command beside a running server, over one database. */
import { assert } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { freshDatabase } from "../support/database.ts"
import { TestServer } from "../support/server.ts"
import { zst } from "./zst.ts"

class DatabaseUrl extends Context.Service<DatabaseUrl, string>()("zst/test/DatabaseUrl") {}

export const Beside = Layer.unwrap(
  Effect.map(freshDatabase, (url) => Layer.merge(TestServer.over(Effect.succeed(url)), Layer.succeed(DatabaseUrl, url)))
)

export const command = (...args: ReadonlyArray<string>) =>
  Effect.flatMap(DatabaseUrl, (url) => zst(args, { env: { DATABASE_URL: url } }))

/** Asserts success, and answers what was printed. */
export const says = Effect.fnUntraced(function* (...args: ReadonlyArray<string>) {
  const { code, stdout, stderr } = yield* command(...args)
  assert.deepStrictEqual([code, stderr], [0, ""], stderr)
  return stdout
})
