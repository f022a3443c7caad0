/** A reform of the wilayas: added and corrected from a file, while everything that names them stays. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import { Territory } from "../../src/services/delivery/Territory.ts"
import { waiting, whileHeld } from "../support/locks.ts"
import { TestServer } from "../support/server.ts"
import { addProduct, order, seller } from "../support/shop.ts"
import { Beside, command } from "./beside.ts"

const header = "code,name_fr,name_ar,valid_from,parent\n"

const fileOf = (text: string | Buffer) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const directory = mkdtempSync(join(tmpdir(), "zst-territory-"))
      const file = join(directory, "reform.csv")
      writeFileSync(file, text)
      return { directory, file }
    }),
    ({ directory }) => Effect.sync(() => rmSync(directory, { recursive: true }))
  ).pipe(Effect.map(({ file }) => file))

const imported = Effect.fnUntraced(function* (lines: string | Buffer, ...flags: ReadonlyArray<string>) {
  return yield* command("territory", "import", yield* fileOf(lines), ...flags)
}, Effect.scoped)

layer(Beside)("zst territory import", (it) => {
  it.effect("adds and corrects, says so, and old orders keep what they said", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const { id } = yield* addProduct(yield* seller)
      const items = [{ product_id: id, quantity: 1 }]
      const placed = yield* order(
        items,
        {},
        { customer_name: "Nadia", customer_phone: "0770112233", customer_wilaya: 60 }
      )
      const reform = `\uFEFF${header}60,"Barika, la Neuve",بريكة الجديدة,2026-04-04,5\r\n70,Neuve,جديدة,2027-01-01,60\r\n`
      const rehearsed = yield* imported(reform, "--dry-run")
      assert.deepStrictEqual([rehearsed.code, rehearsed.stdout], [0, "Would add 70.\nWould change 60.\n"])
      assert.lengthOf((yield* server.get("/api/v1/wilayas")).json.data, 69)
      const done = yield* imported(reform, "--json")
      assert.deepStrictEqual(JSON.parse(done.stdout), { data: { added: [70], changed: [60] } })
      const { data } = (yield* server.get("/api/v1/wilayas")).json
      assert.deepStrictEqual(data[69], {
        code: 70,
        name_fr: "Neuve",
        name_ar: "جديدة",
        valid_from: "2027-01-01",
        parent: 60
      })
      const [kept] = yield* sql<{ name: string }>`SELECT customer_wilaya AS name FROM orders WHERE id = ${placed.id}`
      assert.strictEqual(kept?.name, "Barika")
      const next = yield* order(
        items,
        {},
        { customer_name: "Nadia", customer_phone: "0770112233", customer_wilaya: "neuve" }
      )
      assert.strictEqual(next.customer_wilaya_code, 70)
      assert.strictEqual((yield* imported(reform)).stdout, "Every wilaya of it is there as it says.\n")
      const entries = yield* sql`
        SELECT actor LIKE 'operator %' AS by_operator, before, after FROM audit_log WHERE action = 'territory.import'`
      assert.deepStrictEqual(entries, [
        {
          by_operator: true,
          before: { 60: { name_fr: "Barika", name_ar: "بريكة" } },
          after: {
            60: { name_fr: "Barika, la Neuve", name_ar: "بريكة الجديدة" },
            70: { name_fr: "Neuve", name_ar: "جديدة", valid_from: "2027-01-01", parent: 60 }
          }
        }
      ])
    })
  )

  it.effect(
    "refuses what is no wilaya by line and field, and changes nothing",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const before = yield* sql`SELECT * FROM wilayas ORDER BY code`
        const sameName = [`${header}71,ALGER,ا,2027-01-01,\n`, /Two wilayas would have one name/] as const
        const cases: ReadonlyArray<readonly [string | Buffer, RegExp]> = [
          ["", /has no wilaya/],
          ["code,name_fr\n71,A\n", /its first line lacks name_ar, valid_from, parent/],
          [
            "code,name_fr,name_ar,valid_from,parent, name_fr\n71,A,ا,2027-01-01,,B\n",
            /its first line names name_fr twice/
          ],
          // As Excel saves it here without "UTF-8": بريكة in Windows-1256, and in UTF-16; and what another program made of it.
          [
            Buffer.concat([
              Buffer.from(`${header}71,A,`),
              Buffer.from("c8d1eddfc9", "hex"),
              Buffer.from(",2027-01-01,\n")
            ]),
            /save it as "CSV UTF-8"/
          ],
          [Buffer.from(`\uFEFF${header}71,A,ا,2027-01-01,\n`, "utf16le"), /save it as "CSV UTF-8"/],
          [`${header}71,A,\uFFFD\uFFFD,2027-01-01,\n`, /save it as "CSV UTF-8"/],
          [`${header}71,A,ا,2027-01-01,\n7x,B,ب,2027-01-01,\n`, /line 3: .*"code"/],
          [`${header}71,,ا,2027-01-01,\n`, /line 2: .*not empty/],
          [`${header}71,A,ا,2027-02-30,\n`, /line 2: .*a day, such as/],
          [`${header}71,A,ا,2027-01-01,98\n`, /parent: 71 cannot have been part of 98/],
          [`${header}71,A,ا,2027-01-01,71\n`, /parent: 71 cannot have been part of 71/],
          [`${header}71,A,ا,2027-01-01,72\n72,B,ب,2027-01-01,71\n`, /parent: 71 cannot have been part of 72/],
          [`${header}71,A,ا,2027-01-01,1\n1,Adrar,أدرار,1984-02-04,49\n`, /parent: 1 cannot have been part of 49/],
          [`${header}71,A,ا,2027-01-01,\n71,B,ب,2027-01-01,\n`, /code: 71 is there twice/],
          sameName,
          [`${header}71,"A,ا\n`, /reform\.csv/]
        ]
        yield* Effect.forEach(
          [...cases.map((each) => [...each, []] as const), [...sameName, ["--dry-run"]] as const],
          Effect.fnUntraced(function* ([text, expected, flags]) {
            const { code, stderr, stdout } = yield* imported(text, ...flags)
            assert.deepStrictEqual([code, stdout], [1, ""], `${text} ${stderr}`)
            assert.match(stderr, expected, String(text))
            assert.strictEqual(stderr.trim().split("\n").length, 1, stderr)
          }),
          { concurrency: 2 }
        )
        assert.deepStrictEqual(yield* sql`SELECT * FROM wilayas ORDER BY code`, before)
      }),
    90_000
  )

  it.effect("waits for another import, and then sees what that named", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const territory = yield* Territory
      const zeta = { name_fr: "Zeta", name_ar: "زيتا", valid_from: "2027-01-01", parent: null }
      const second = yield* whileHeld(
        territory.import([{ code: 81, ...zeta }]),
        Effect.gen(function* () {
          const fiber = yield* Effect.forkChild(imported(`${header}82,Zeta,زيتا,2027-01-01,\n`))
          yield* waiting(1)
          return fiber
        })
      )
      const { code, stderr } = yield* Fiber.join(second)
      assert.strictEqual(code, 1)
      assert.match(stderr, /Two wilayas would have one name: Zeta/)
      yield* sql`DELETE FROM wilayas WHERE code = 81`
    })
  )

  it.effect("changes nothing that the audit log does not tell", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const before = yield* sql`SELECT * FROM wilayas ORDER BY code`
      yield* sql`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'The disk is full'; END $$`
      yield* sql`CREATE TRIGGER full_disk BEFORE INSERT ON audit_log EXECUTE FUNCTION full_disk()`
      const { code, stderr } = yield* imported(`${header}83,Perdue,مفقودة,2027-01-01,\n`)
      yield* sql`DROP FUNCTION full_disk CASCADE`
      assert.strictEqual(code, 1)
      assert.match(stderr, /The disk is full/)
      assert.deepStrictEqual(yield* sql`SELECT * FROM wilayas ORDER BY code`, before)
    })
  )
})
