import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { eventually } from "../support/eventually.ts"
import { whileHeld } from "../support/locks.ts"
import { TestServer } from "../support/server.ts"
import { addProduct, buyer, seller } from "../support/shop.ts"
import { Beside, command, says } from "./beside.ts"
import { data } from "./zst.ts"

const application = {
  seller_category: "grossiste",
  full_name: "Chez Amina",
  phone: "0555123456",
  wilaya_code: 19,
  register_number: "19/00-0978323B10"
}

layer(Beside)("zst sellers", (it) => {
  it.effect("approves an application, and the applicant sells while the server runs on", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      assert.strictEqual(yield* says("sellers", "applications"), "No application is pending.\n")
      const { json } = yield* server.post("/api/v1/seller/application", application, who)
      assert.match(yield* says("sellers", "applications"), /Chez Amina +grossiste +19 +19\/00-0978323B10 .* pending/)
      assert.strictEqual(
        yield* says("sellers", "approve", json.data.id, "--dry-run"),
        "Chez Amina would be approved: it sells as grossiste from now on.\n"
      )
      assert.strictEqual((yield* server.post("/api/v1/products", { name: "X", price: 1 }, who)).status, 403)
      assert.strictEqual(
        yield* says("sellers", "approve", who.id),
        "Chez Amina is approved: it sells as grossiste from now on.\n"
      )
      yield* addProduct(who)
      const again = yield* command("sellers", "approve", json.data.id)
      assert.deepStrictEqual([again.code, again.stderr], [1, "This application was approved before.\n"])
    })
  )

  it.effect("rejects with a reason that the applicant reads", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      yield* server.post("/api/v1/seller/application", application, who)
      const silent = yield* command("sellers", "reject", who.id)
      assert.deepStrictEqual([silent.code, silent.stdout], [2, ""])
      const rejected = data(yield* command("sellers", "reject", who.id, "--reason", "Registre illisible", "--json"))
      assert.deepInclude(rejected, { status: "rejected", reason: "Registre illisible" })
      const { json } = yield* server.get("/api/v1/seller/application", who)
      assert.deepStrictEqual(json.data.reason, "Registre illisible")
      const other = yield* buyer
      const none = yield* command("sellers", "approve", other.id)
      assert.deepStrictEqual([none.code, none.stderr], [1, "Test customer has not applied as a seller.\n"])
    })
  )

  it.effect("suspends a shop, which is gone for every server within a second, and reinstates it", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* seller
      const soap = yield* addProduct(who, { name: "Savon public" })
      const list = Effect.map(server.get("/api/v1/products?search=public"), ({ json }) => json.data.length)
      assert.strictEqual(yield* list, 1)
      assert.match(yield* says("sellers", "suspend", who.id, "--reason", "Plaintes"), /shop suspended\.\n$/)
      assert.strictEqual((yield* server.get(`/api/v1/products/${soap.id}`)).status, 404)
      yield* eventually(list, (count) => count === 0)
      assert.match(yield* says("sellers", "list", "--shop", "suspended"), new RegExp(who.id))
      assert.match(yield* says("sellers", "reinstate", soap.seller.id), /active\.\n$/)
      assert.strictEqual((yield* server.get(`/api/v1/products/${soap.id}`)).status, 200)
      const sql = yield* SqlClient.SqlClient
      const entries = yield* sql<{ action: string; actor: string; reason: string | null }>`
        SELECT action, actor, reason FROM audit_log WHERE subject_id = ${who.id} ORDER BY created_at`
      assert.deepStrictEqual(
        entries.map(({ action, reason }) => [action, reason]),
        [
          ["shop.suspend", "Plaintes"],
          ["shop.reinstate", null]
        ]
      )
      assert.match(entries[0]?.actor ?? "", /^operator \w/)
    })
  )
})

/** As Clerk's webhook does. */
const confirm = Effect.fnUntraced(function* (id: string, confirmed: { email: string; phone: string | null }) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE users SET clerk_profile = ${JSON.stringify({ confirmed })} WHERE id = ${id}`
})

layer(Beside)("zst users", (it) => {
  it.effect("finds and shows people", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      yield* server.patch(
        "/api/v1/users/me",
        { full_name: "Nadia Kaci", email: "nadia@example.dz", phone: "0770112233" },
        who
      )
      assert.match(yield* says("users", "list", "--search", "kaci"), /Nadia Kaci +nadia@example\.dz +customer +active/)
      assert.strictEqual(yield* says("users", "list", "--search", "personne"), "Nobody was found.\n")
      for (const key of ["NADIA@example.dz", "0770112233", "+213770112233"]) {
        const claimed = yield* command("users", "ban", key)
        const message = `"${key}" is claimed by ${who.id} but not confirmed by Clerk: use the id.\n`
        assert.deepStrictEqual([claimed.code, claimed.stderr], [1, message])
      }
      const verified = { email: "nadia@example.dz", phone: "+213770112233" }
      yield* confirm(who.id, verified)
      for (const key of [who.id, "NADIA@example.dz", "0770112233", "+213770112233"]) {
        assert.strictEqual(data(yield* command("users", "show", key, "--json")).id, who.id)
      }
      const other = yield* buyer
      yield* confirm(other.id, { ...verified, phone: null })
      const several = yield* command("users", "ban", "nadia@example.dz")
      const both = [who.id, other.id].toSorted().join(", ")
      assert.deepStrictEqual(
        [several.code, several.stderr],
        [1, `"nadia@example.dz" are several users (${both}): give the id of one.\n`]
      )
      assert.match(yield* says("users", "show", who.id), /^name +Nadia Kaci\nemail +nadia@example\.dz\n/)
      const nobody = yield* command("users", "show", "nobody@example.dz")
      assert.strictEqual(nobody.code, 1)
      assert.match(nobody.stderr, /^Nobody is known as "nobody@example\.dz": [^\n]*\n$/)
    })
  )

  it.effect("takes nobody for a shop that is called like their number", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE sellers SET slug = '0779112233' WHERE id = ${shop.id}`
      const { stderr } = yield* command("users", "ban", "0779112233")
      assert.match(stderr, /^Nobody is known as "0779112233"/)
      assert.strictEqual((yield* server.get("/api/v1/users/me", shop)).status, 200)
    })
  )

  it.effect("bans and unbans, at once", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const me = Effect.map(server.get("/api/v1/users/me", who), ({ status }) => status)
      assert.strictEqual(
        yield* says("users", "ban", who.id, "--dry-run"),
        "Would make it Test customer: customer, banned.\n"
      )
      assert.strictEqual(yield* me, 200)
      assert.strictEqual(yield* says("users", "ban", who.id), "Test customer: customer, banned.\n")
      assert.strictEqual(yield* me, 403)
      assert.strictEqual(yield* says("users", "ban", who.id), "Nothing to change. Test customer: customer, banned.\n")
      yield* says("users", "unban", who.id)
      assert.strictEqual(yield* me, 200)
    })
  )

  it.effect("tries a ban without what the shop has on sale: nobody waits for a rehearsal", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const shop = yield* seller
      const { id } = yield* addProduct(shop)
      const tried = yield* whileHeld(
        sql`SELECT FROM skus WHERE product_id = ${id} FOR UPDATE`,
        says("users", "ban", shop.id, "--dry-run")
      )
      assert.strictEqual(tried, "Would make it Test seller: seller (grossiste), banned.\n")
    })
  )

  it.effect("sets roles, and says in one line what does not fit", () =>
    Effect.gen(function* () {
      const who = yield* buyer
      const bare = yield* command("users", "role", who.id, "seller")
      assert.deepStrictEqual([bare.code, bare.stderr], [1, "seller_category: A seller needs a category.\n"])
      assert.strictEqual((yield* command("users", "role", who.id, "king")).code, 2)
      assert.strictEqual((yield* command("users", "role", who.id, "admin", "--seller-category", "grossiste")).code, 2)
      assert.match(
        yield* says("users", "role", who.id, "seller", "--seller-category", "fournisseur"),
        /seller \(fournisseur\), active/
      )
    })
  )

  it.effect("erases who asked to go when the time has come, and says who has to wait", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const [gone, waiting] = [yield* buyer, yield* buyer]
      const soap = yield* addProduct(yield* seller)
      yield* server.post(
        "/api/v1/orders",
        { customer_name: "A", customer_phone: "0555123456", items: [{ product_id: soap.id, quantity: 1 }] },
        waiting
      )
      for (const who of [gone, waiting]) yield* server.send("DELETE", "/api/v1/users/me", who)
      assert.strictEqual(yield* says("users", "purge"), "Erased 0 accounts. Nobody waits for an open order.\n")
      yield* sql`UPDATE users SET delete_after = now() WHERE delete_after IS NOT NULL`
      assert.match(yield* says("users", "purge", "--dry-run"), /^Would erase 1 account\. 1 waits /)
      yield* sql`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not yet'; END $$`
      yield* sql`CREATE TRIGGER stuck BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION refuse()`
      const refused = yield* command("users", "purge")
      assert.strictEqual(refused.code, 1)
      assert.match(refused.stdout, /^Erased 0 accounts\. 1 waits /)
      assert.match(refused.stderr, /1 account could not be erased: zst users purge tries again\.\n$/)
      yield* sql`DROP TRIGGER stuck ON users`
      const purged = data(yield* command("users", "purge", "--json"))
      assert.deepStrictEqual(purged, { erased: 1, waiting: 1, failed: 0 })
      assert.strictEqual((yield* server.get("/api/v1/users/me", gone)).status, 403)
      assert.strictEqual((yield* server.get("/api/v1/users/me", waiting)).status, 200)
    })
  )
})
