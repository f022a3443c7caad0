/** What a command says of a database that it cannot reach. */
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { zst } from "./zst.ts"

const cases: ReadonlyArray<readonly [url: string, said: RegExp]> = [
  ["postgres://u:hunter2%@127.0.0.1:1/db", /^DATABASE_URL cannot be read \(a % in it has to be written %25\)/],
  ["postgres://u:hunter2@127.0.0.1:1/db", /^Cannot reach the database at 127\.0\.0\.1:1 /],
  ["postgres://u:hunter2@db.example/db?host=127.0.0.1&port=1", /^Cannot reach the database at 127\.0\.0\.1:1 /],
  ["postgres://u:hunter2@h/db?host=/nowhere&port=6000", /^Cannot reach the database at \/nowhere\/\.s\.PGSQL\.6000 /]
]

it.live.each(cases)("%s is said in one line, without its password", ([url, said]) =>
  Effect.gen(function* () {
    const { code, stderr, stdout } = yield* zst(["users", "list"], { env: { DATABASE_URL: url } })
    assert.strictEqual(code, 1)
    assert.strictEqual(stdout, "")
    assert.match(stderr, said)
    assert.notInclude(stderr, "hunter")
    assert.lengthOf(stderr.trim().split("\n"), 1)
  })
)
