import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { freshDatabase } from "../support/database.ts"
import { spawnServer, spawnZst } from "../support/process.ts"

const rounds = 5
const writers = 16

it.live("of changes meant for one version, sent to two processes at once, one happens", () =>
  Effect.gen(function* () {
    const database = yield* freshDatabase
    const servers = [yield* spawnServer(database), yield* spawnServer(database)]
    const token = yield* spawnZst(["token", "--role", "seller"], { DATABASE_URL: database })
    yield* token.exited
    const authorization = `Bearer ${token.output().trim()}`
    /** Again, where the line is longer than anybody is let wait in it. */
    const send = (i: number, method: string, path: string, body?: object, tag?: string): Effect.Effect<Response> =>
      Effect.promise(() =>
        fetch(`${servers[i % servers.length]?.url}/api/v1${path}`, {
          method,
          headers: { authorization, ...(tag === undefined ? {} : { "if-match": tag }) },
          ...(body === undefined ? {} : { body: JSON.stringify(body) })
        })
      ).pipe(
        Effect.flatMap((answer) => (answer.status === 503 ? send(i, method, path, body, tag) : Effect.succeed(answer)))
      )
    const created = yield* send(0, "POST", "/products", { name: "Deux processus", price: 100 })
    const { data } = yield* Effect.promise((): Promise<any> => created.json())
    const targets = [
      [`/products/${data.id}`, (value: number) => ({ price: value })],
      ["/users/me", (value: number) => ({ full_name: `Amina ${value}` })]
    ] as const
    for (const [path, change] of targets) {
      for (let round = 0; round < rounds; round++) {
        const { headers } = yield* send(round, "GET", path)
        const tag = headers.get("etag") ?? ""
        const answers = yield* Effect.forEach(
          Array.from({ length: writers }, (_, i) => i),
          (i) => send(i, "PATCH", path, change(1000 * (round + 1) + i), tag),
          { concurrency: "unbounded" }
        )
        const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b)
        assert.deepStrictEqual(statuses, [200, ...Array(writers - 1).fill(412)], path)
        const won = answers.find(({ status }) => status === 200)
        for (let i = 0; i < servers.length; i++) {
          assert.strictEqual((yield* send(i, "GET", path)).headers.get("etag"), won?.headers.get("etag"), path)
        }
      }
    }
  }).pipe(Effect.scoped)
)
