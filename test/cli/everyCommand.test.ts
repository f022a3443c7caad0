/** Every command that there is, by its own example, on a database that is empty, behind or as it should be. */
import { readdirSync } from "node:fs"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { migrations } from "../../migrations/index.ts"
import { apply, pendingOf, status } from "../../src/layers/Migrations.ts"
import { pool } from "../../src/layers/Postgres.ts"
import { emptyDatabase, freshDatabase } from "../support/database.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { spawnZst } from "../support/process.ts"
import { type Leaf, leaves } from "./tree.ts"
import { type Ended, zst } from "./zst.ts"

const on = <A, E>(url: string, work: Effect.Effect<A, E, SqlClient.SqlClient>) =>
  Effect.provide(work, pool({ url: Redacted.make(url), maxConnections: 2 }))

const all = Object.entries(migrations)
const missing = 2

/** One that the last version left. */
const behindDatabase = Effect.tap(emptyDatabase, (url) => on(url, apply(Object.fromEntries(all.slice(0, -missing)))))

class Databases extends Context.Service<
  Databases,
  { readonly empty: string; readonly behind: string; readonly fresh: string; readonly written: string }
>()("zst/test/Databases") {
  static readonly layer = Layer.effect(
    Databases,
    Effect.all({ empty: emptyDatabase, behind: behindDatabase, fresh: freshDatabase, written: freshDatabase })
  )
}

/** Every relation with what it holds. */
const contentOf = (url: string) =>
  on(
    url,
    SqlClient.SqlClient.use(
      (sql) => sql`
        SELECT relname, CASE WHEN relkind = 'r'
          THEN md5(query_to_xml(format('SELECT * FROM %I', relname), true, false, '')::text) END AS content
        FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY relname`
    )
  )

const run = ({ args }: Leaf, url: string, ...more: ReadonlyArray<string>) =>
  zst([...args, ...more], { env: { DATABASE_URL: url, PORT: "0" } })

const doing = (...kinds: ReadonlyArray<Leaf["declaration"]["does"]>) =>
  leaves.filter(({ declaration }) => kinds.includes(declaration.does))

const rehearses = ({ declaration }: Leaf) => "dryRun" in declaration && declaration.dryRun !== undefined
const stays = ({ declaration }: Leaf) => declaration.stays === true

const each = <E, R>(some: ReadonlyArray<Leaf>, check: (leaf: Leaf) => Effect.Effect<void, E, R>) =>
  Effect.forEach(some, check, { concurrency: 2, discard: true })

const isObject = (value: unknown) => typeof value === "object" && value !== null

/** One JSON value on standard output, or one failure on standard error. */
const saysJson = ({ code, stdout, stderr }: Ended, name: string) => {
  if (stdout !== "") assert.isTrue(isObject(JSON.parse(stdout)), name)
  const lines = stderr.split("\n").filter((line) => line !== "")
  const failures = lines.map((line) => JSON.parse(line)).filter(({ error }) => error !== undefined)
  assert.lengthOf(failures, code === 0 ? 0 : 1, name)
  for (const { error } of failures) assert.match(`${error.code}: ${error.message}`, /^\w+: \S/, name)
}

/** One of each kind, and all that differ from the rest of it. */
const various = [
  ...doing("reads").slice(0, 1),
  ...doing("writes").slice(0, 1),
  ...[...doing("inspects"), ...doing("migrates")].filter((leaf) => !stays(leaf))
]

layer(Databases.layer, { timeout: "60 seconds" })("every command", (it) => {
  it.effect("needs no database when it says so", () =>
    each(
      doing("nothing"),
      Effect.fnUntraced(function* (leaf) {
        const ended = yield* run(leaf, "postgres://nobody@127.0.0.1:9/nowhere", "--json", "--dry-run")
        assert.strictEqual(ended.code, 0, leaf.name)
        saysJson(ended, leaf.name)
      })
    )
  )

  it.effect(
    "refuses an empty database and one that is behind, and leaves them as they are",
    () =>
      Effect.gen(function* () {
        const { empty, behind } = yield* Databases
        const before = yield* Effect.all([contentOf(empty), contentOf(behind)])
        yield* each(
          doing("reads", "writes"),
          Effect.fnUntraced(function* (leaf) {
            const late = yield* run(leaf, behind)
            assert.deepStrictEqual(
              late,
              { code: 1, stdout: "", stderr: `${missing} migrations pending: run zst migrate up\n` },
              leaf.name
            )
            const nothing = yield* run(leaf, empty, "--json", ...(rehearses(leaf) ? ["--dry-run"] : []))
            assert.deepStrictEqual([nothing.code, nothing.stdout], [1, ""], leaf.name)
            assert.deepStrictEqual(JSON.parse(nothing.stderr), {
              error: { code: "SchemaBehind", message: `${all.length} migrations pending: run zst migrate up` }
            })
          })
        )
        for (const more of [[], ["--products", "5"]]) {
          const rehearsed = yield* zst(["seed", "--dry-run", ...more], { env: { DATABASE_URL: behind } })
          assert.deepStrictEqual([rehearsed.code, rehearsed.stdout], [1, ""])
          assert.include(rehearsed.stderr, `${missing} migrations pending`)
        }
        assert.deepStrictEqual(yield* Effect.all([contentOf(empty), contentOf(behind)]), before)
      }),
    { timeout: 180_000 }
  )

  it.effect(
    "that only looks, or only rehearses, changes nothing and says it as JSON",
    () =>
      Effect.gen(function* () {
        const { behind, empty, fresh } = yield* Databases
        const before = yield* Effect.all([contentOf(empty), contentOf(behind), contentOf(fresh)])
        yield* each(
          [...doing("reads", "inspects"), ...doing("writes", "migrates").filter(rehearses)],
          Effect.fnUntraced(function* (leaf) {
            const { does } = leaf.declaration
            const places = does === "inspects" || does === "migrates" ? [empty, behind, fresh] : [fresh]
            for (const url of places) {
              saysJson(yield* run(leaf, url, "--json", ...(rehearses(leaf) ? ["--dry-run"] : [])), leaf.name)
            }
          })
        )
        assert.deepStrictEqual(yield* Effect.all([contentOf(empty), contentOf(behind), contentOf(fresh)]), before)
      }),
    { timeout: 180_000 }
  )

  it.effect(
    "that writes says what it did as JSON",
    () =>
      Effect.gen(function* () {
        const { written } = yield* Databases
        yield* each(
          doing("writes"),
          Effect.fnUntraced(function* (leaf) {
            saysJson(yield* run(leaf, written, "--json"), leaf.name)
          })
        )
      }),
    { timeout: 180_000 }
  )

  it.effect(
    "that may migrate brings a database up to date that is behind",
    () =>
      each(
        doing("migrates"),
        Effect.fnUntraced(function* (leaf) {
          const url = yield* behindDatabase
          if (stays(leaf)) {
            const server = yield* spawnZst([...leaf.args, "--json"], { DATABASE_URL: url, PORT: "0" })
            yield* server.says(/^\{"data":.*\n/m)
            server.child.kill("SIGTERM")
            assert.deepStrictEqual(yield* server.exited, { code: 0, signal: null })
            for (const line of server.output().trim().split("\n")) assert.isTrue(isObject(JSON.parse(line)), line)
          } else {
            const ended = yield* run(leaf, url, "--json")
            assert.strictEqual(ended.code, 0, leaf.name)
            saysJson(ended, leaf.name)
          }
          assert.deepStrictEqual(pendingOf(yield* on(url, status)), [], leaf.name)
        }, Effect.scoped)
      ),
    { timeout: 180_000 }
  )

  it.effect("makes no embedded database only to look at it", () =>
    each(
      various,
      Effect.fnUntraced(function* (leaf) {
        const ZST_DATA_DIR = yield* temporaryDirectory("zst-unmade-")
        const ended = yield* zst([...leaf.args, ...(rehearses(leaf) ? ["--dry-run"] : []), "--json"], {
          env: { ZST_DATA_DIR, PORT: "0" }
        })
        saysJson(ended, leaf.name)
        assert.deepStrictEqual(readdirSync(ZST_DATA_DIR), [], leaf.name)
      }, Effect.scoped)
    )
  )
})
