import { execFile } from "node:child_process"
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { inject } from "vitest"
import { consumers, schedules } from "../../src/layers/Background.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { everyCommand, leaves, parsed } from "./tree.ts"
import { data, root, zst } from "./zst.ts"

const mistakes: ReadonlyArray<readonly [args: ReadonlyArray<string>, said: RegExp]> = [
  [["sevre"], /^Unknown command 'sevre': did you mean serve\? See zst --help\.\n$/],
  [["migrate", "upp"], /^Unknown command 'upp': did you mean up\? See zst migrate --help\.\n$/],
  [["seed", "--product", "3"], /^Unknown option '--product': did you mean --products\? See zst seed --help\.\n$/],
  [["seed", "--products", "-1"], /Expected a whole number from 1 to 100,000,000/],
  [["seed", "--orders", "1.5"], /Expected a whole number from 1 to 100,000,000/],
  [["token"], /'--role <role>' not specified/],
  [["token", "--role", "king"], /Allowed choices are customer, seller, admin/],
  [["token", "--role", "customer", "--seller-category", "grossiste"], /goes with --role seller alone/],
  [["migrate", "new", "9lives"], /begins with a letter/],
  [["users", "ban", "amina@example.dz", "--reason", "a\u0001b"], /Expected a text without control characters\./],
  [["users", "list", "--search", "\u200b\u00a0"], /Expected a text that is not empty\./],
  [["sellers", "reject", "\u2066\u2069", "--reason", "x"], /Expected a text that is not empty\./],
  [["token", "--role", "admin", "--user", "x".repeat(61)], /Expected at most 60 characters\./],
  [["openapi", "extra"], /^Too many arguments/]
]

describe("zst", { concurrent: false }, () => {
  it.live("has help on every command, with an example and with what it does to the data", () =>
    Effect.promise(async () => {
      for (const [path, command] of everyCommand) {
        const name = path.join(" ")
        const { said, code } = await parsed([...path, "--help"])
        assert.strictEqual(code, 0, name)
        assert.match(said, /^Usage: zst/, name)
        assert.match(said, /Examples?:\n {2}(\S+=\S* )?\S*zst /, name)
        if (command.commands.length > 0) continue
        assert.match(said, /^(Reads|Writes|Migrates|Touches) .*\bdatabase\b.*\.$|^Writes files .*\.$/m, name)
        const { does } = command.declaration ?? {}
        assert.strictEqual(
          /--dry-run only rehearses it/.test(said),
          does !== "nothing" && /^ +--dry-run /m.test(said),
          name
        )
      }
    })
  )

  it("gives as examples no consumer and no kind of job that there is not", () => {
    const known = [...consumers.map(({ name }) => name), ...schedules.map(({ kind }) => kind.name)]
    for (const { name, declaration } of leaves) {
      if (!/^(events|jobs) /.test(name)) continue
      const named = declaration.examples.flatMap((line) => line.match(/(?<= )[a-z]+\.[a-z]+/g) ?? [])
      assert.includeMembers(known, named, name)
    }
  })

  it.live("knows no option that it does not tell of, on any command", () =>
    Effect.promise(async () => {
      const groups = everyCommand.flatMap(([path, { commands }]) => (commands.length > 0 ? [path] : []))
      for (const args of [...groups, ...leaves.map((leaf) => leaf.args)]) {
        const { said, code } = await parsed([...args, "--colour"])
        assert.deepStrictEqual([said, code], ["error: unknown option '--colour'\n", 1], args.join(" "))
      }
    })
  )

  it.live("answers a usage error with code 2 and one line that says what was meant", () =>
    Effect.forEach(
      mistakes,
      Effect.fnUntraced(function* ([args, said]) {
        const { code, stdout, stderr } = yield* zst(args)
        assert.strictEqual(code, 2, args.join(" "))
        assert.strictEqual(stdout, "")
        assert.match(stderr, said)
        assert.strictEqual(stderr.trim().split("\n").length, 1)
      }),
      { concurrency: 2 }
    )
  )

  it.live("says what is wrong as JSON where JSON is asked for", () =>
    Effect.forEach(
      mistakes,
      Effect.fnUntraced(function* ([args]) {
        const { code, stdout, stderr } = yield* zst([...args, "--json"])
        assert.deepStrictEqual([code, stdout], [2, ""], args.join(" "))
        const { error } = JSON.parse(stderr)
        assert.strictEqual(error.code, "Usage")
        assert.match(error.message, / See zst .*--help\.$/)
      }),
      { concurrency: 2 }
    )
  )

  it.live("tells of a file that it writes, and of one that it would write", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryDirectory("zst-usage-")
      const out = join(folder, "openapi.json")
      assert.deepStrictEqual(data(yield* zst(["openapi", "--dry-run", "--json"])), { would_write: null })
      assert.deepStrictEqual(data(yield* zst(["openapi", "--out", out, "--dry-run", "--json"])), { would_write: out })
      assert.isFalse(existsSync(out))
      assert.deepStrictEqual(data(yield* zst(["openapi", "--out", out, "--json"])), { written: out })
      assert.match(JSON.parse(readFileSync(out, "utf8")).openapi, /^3\.1/)
      const lost = yield* zst(["openapi", "--out", join(folder, "no/where.json"), "--json"])
      assert.deepStrictEqual([lost.code, lost.stdout], [1, ""])
      assert.match(JSON.parse(lost.stderr).error.message, /^Cannot write .* \(ENOENT\)/)
    }).pipe(Effect.scoped)
  )

  it.live("runs in production, in development or in a test, and nowhere else", () =>
    Effect.gen(function* () {
      for (const NODE_ENV of ["prod", "Production", "staging"]) {
        const { code, stderr } = yield* zst(["serve"], { env: { NODE_ENV } })
        assert.deepStrictEqual(
          [code, stderr],
          [1, "NODE_ENV cannot be read; expected production, development or test\n"]
        )
      }
    })
  )

  it.live("prints the OpenAPI document without a database", () =>
    Effect.gen(function* () {
      const { code, stdout, stderr } = yield* zst(["openapi"], { env: { ZST_DATA_DIR: "/nowhere/at/all" } })
      assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
      const document = JSON.parse(stdout)
      assert.match(document.openapi, /^3\.1/)
      assert.property(document.paths, "/api/v1/products")
    })
  )

  it.live("ends without a word when whoever reads it has read enough", () =>
    Effect.promise(async () => {
      const program = join(inject("dist"), "zst.js")
      const { stdout, stderr } = await promisify(execFile)("sh", [
        "-c",
        `"${process.execPath}" "${program}" openapi | head -c 9`
      ])
      assert.deepStrictEqual([stdout.length, stderr], [9, ""])
    })
  )

  it.live("fails when what it prints cannot be written", () =>
    Effect.promise(async () => {
      const program = join(inject("dist"), "zst.js")
      const failed: any = await promisify(execFile)("sh", [
        "-c",
        `"${process.execPath}" "${program}" openapi > /dev/full`
      ]).catch((error) => error)
      assert.deepStrictEqual(
        [failed.code, failed.stderr],
        [1, "The output could not be written: ENOSPC: no space left on device, write\n"]
      )
    })
  )

  it.live("refuses what cannot be reached or read with one line, code 1 and no secret", () =>
    Effect.gen(function* () {
      const url = "postgres://operator:hunter2secret@127.0.0.1:9/shop"
      const gone = yield* zst(["migrate", "status"], { env: { DATABASE_URL: url } })
      assert.strictEqual(gone.code, 1)
      assert.match(
        gone.stderr,
        /^Cannot reach the database at 127\.0\.0\.1:9 \(ECONNREFUSED\): start it, or correct DATABASE_URL\.\n$/
      )
      const broken = yield* zst(["token", "--role", "admin"], { env: { PORT: "many", LOG_LEVEL: "loud" } })
      assert.strictEqual(broken.code, 1)
      assert.match(broken.stderr, /^PORT cannot be read; .*\nLOG_LEVEL cannot be read; .*\n$/)
    })
  )
})

describe("zst migrate new", () => {
  it.live("writes an empty migration and names it in the index", () =>
    Effect.gen(function* () {
      const copy = yield* temporaryDirectory("zst-usage-")
      for (const name of ["src", "migrations", "package.json"])
        cpSync(join(root, name), join(copy, name), { recursive: true })
      const program = join(copy, "src/cli/main.ts")
      mkdirSync(join(copy, ".zst"))
      symlinkSync(join(root, "node_modules"), join(copy, "node_modules"))
      const files = () => readFileSync(join(copy, "migrations/index.ts"), "utf8")
      const before = files()
      const dry = yield* zst(["migrate", "new", "add reviews", "--dry-run"], { program })
      assert.match(dry.stdout, /^Would write .*_add_reviews\.ts/)
      assert.strictEqual(files(), before)
      const made = yield* zst(["migrate", "new", "add-reviews"], { program, cwd: copy })
      const key = /migrations\/(\d{4}_add_reviews)\.ts/.exec(made.stdout)?.[1] ?? ""
      assert.match(readFileSync(join(copy, "migrations", `${key}.ts`), "utf8"), /export default script\(\[\]\)/)
      assert.include(files(), `import addReviews from "./${key}.ts"\n`)
      const again = yield* zst(["migrate", "new", "users", "--json"], { program })
      assert.strictEqual(again.code, 0)
      const { migrations } = yield* Effect.promise(() => import(join(copy, "migrations/index.ts")))
      const keys = Object.keys(migrations)
      assert.strictEqual(keys.at(-2), key)
      assert.deepStrictEqual(keys, keys.toSorted())
    }).pipe(Effect.scoped)
  )
})
