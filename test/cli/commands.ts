/** Commands of one group, run against a database of the file's own. */
import { assert } from "@effect/vitest"
import { Context, Effect, Layer, Redacted } from "effect"
import { pool } from "../../src/layers/Postgres.ts"
import { freshDatabase } from "../support/database.ts"
import { zst } from "./zst.ts"

export class DatabaseUrl extends Context.Service<DatabaseUrl, string>()("zst/test/DatabaseUrl") {}

export const OnDatabase = Layer.unwrap(
  Effect.map(freshDatabase, (url) =>
    Layer.merge(Layer.succeed(DatabaseUrl, url), pool({ url: Redacted.make(url), maxConnections: 2 }))
  )
)

export const commandsOf = (group: string) => {
  const command = (...args: ReadonlyArray<string>) =>
    Effect.flatMap(DatabaseUrl, (url) => zst([group, ...args], { env: { DATABASE_URL: url } }))

  const says = Effect.fnUntraced(function* (...args: ReadonlyArray<string>) {
    const { code, stdout, stderr } = yield* command(...args)
    assert.deepStrictEqual([code, stderr], [0, ""], stderr)
    return stdout
  })

  const refuses = Effect.fnUntraced(function* (code: number, pattern: RegExp, ...args: ReadonlyArray<string>) {
    const ended = yield* command(...args)
    assert.deepStrictEqual([ended.code, ended.stdout], [code, ""])
    assert.match(ended.stderr, pattern)
  })

  return { command, says, refuses }
}
