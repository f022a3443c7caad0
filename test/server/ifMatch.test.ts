import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { insisting, type Send, TestServer } from "../support/server.ts"
import { admin, seller } from "../support/shop.ts"
import { tagOf, trade } from "../support/trade.ts"

/** Every change that may be meant for one version: where it is read, changed, by whom, and changes that may follow one another. */
const changes = Effect.gen(function* () {
  const { owner, customer, product, placed, guestOrder, guest } = yield* trade
  const own = (path: string) => ({ read: path, write: path })
  const steps = (key: string, text: string) => Array.from({ length: 9 }, (_, i) => ({ [key]: `${text} ${i}` }))
  const prices = Array.from({ length: 9 }, (_, i) => ({ price: 3000 + i }))
  const part = `/api/v1/seller/orders/${placed.id}`
  const tracked = `/api/v1/orders/track?number=${guestOrder.order_number}&phone=0555123456`
  const moves = [
    { status: "confirmed" },
    { status: "processing" },
    { status: "shipped", tracking_number: "YAL-1" },
    ...Array.from({ length: 6 }, (_, i) => ({ status: "shipped", tracking_number: `YAL-${i + 2}` }))
  ]
  return [
    { ...own(`/api/v1/products/${product.id}`), who: owner, bodies: prices },
    { ...own("/api/v1/users/me"), who: customer, bodies: steps("full_name", "Amina") },
    { ...own(`/api/v1/orders/${placed.id}`), who: customer, bodies: steps("customer_address", "Cité") },
    { ...own(`/api/v1/orders/${placed.order_number}`), who: yield* admin, bodies: steps("commune", "Sétif") },
    { read: tracked, write: `/api/v1/orders/${guestOrder.id}`, who: guest, bodies: steps("notes", "Étage") },
    { read: part, write: `${part}/status`, who: owner, bodies: moves }
  ]
})

const ifMatch = (tag: string, options: Send) => ({ ...options, headers: { ...options.headers, "if-match": tag } })

layer(TestServer.layer)("a change", (it) => {
  it.effect("meant for the version that there is happens, and answers with the tag of the next", () =>
    Effect.gen(function* () {
      const { patch } = yield* TestServer
      for (const { read, write, who, bodies } of yield* changes) {
        let tag = yield* tagOf(read, who)
        const forms = [
          (own: string) => own,
          (own: string) => `"other", ${own}`,
          (own: string) => own.replace(/(-br|-gzip)?"$/, '-br"'),
          (own: string) => own.replace(/(-br|-gzip)?"$/, '"'),
          () => "*"
        ]
        for (const [i, form] of forms.entries()) {
          const changed = yield* patch(write, bodies[i], ifMatch(form(tag), who))
          assert.strictEqual(changed.status, 200, `${write} ${form(tag)} ${changed.text}`)
          const next = changed.headers.get("etag") ?? ""
          assert.notStrictEqual(next, tag, write)
          assert.strictEqual(next, yield* tagOf(read, who), write)
          tag = next
        }
      }
    })
  )

  it.effect("meant for another version is a 412, and nothing is changed", () =>
    Effect.gen(function* () {
      const { get, patch } = yield* TestServer
      for (const { read, write, who, bodies } of yield* changes) {
        const old = yield* tagOf(read, who)
        assert.strictEqual((yield* patch(write, bodies[0], who)).status, 200)
        const before = yield* get(read, who)
        const tag = before.headers.get("etag") ?? ""
        for (const value of [old, '"other"', `W/${tag}`, `${old}, W/${tag}`, '""']) {
          const refused = yield* patch(write, bodies[1], ifMatch(value, who))
          assert.strictEqual(refused.status, 412, `${write} ${value}`)
          assert.strictEqual(refused.json.error.code, "PRECONDITION_FAILED")
          assert.isNull(refused.headers.get("etag"))
        }
        assert.strictEqual((yield* get(read, who)).text, before.text)
      }
    })
  )

  it.effect("whose If-Match is no list of tags is told so", () =>
    Effect.gen(function* () {
      const { patch } = yield* TestServer
      for (const { read, write, who, bodies } of yield* changes) {
        const tag = yield* tagOf(read, who)
        for (const value of [tag.slice(1, -1), "", '"', `${tag}, nothing`, "*, *"]) {
          const refused = yield* patch(write, bodies[0], ifMatch(value, who))
          assert.strictEqual(refused.status, 422, `${write} ${value}`)
          assert.strictEqual(refused.json.error.details[0].field, "if-match")
        }
        assert.strictEqual(yield* tagOf(read, who), tag)
      }
    })
  )

  it.effect("of what is not there, or is not the caller's, is a 404 whatever it is meant for", () =>
    Effect.gen(function* () {
      const { patch } = yield* TestServer
      const stranger = yield* seller
      for (const { read, write, who, bodies } of yield* changes) {
        if (write.endsWith("/me")) continue
        const tag = yield* tagOf(read, who)
        for (const value of [tag, "*", '"other"']) {
          assert.strictEqual((yield* patch(write, bodies[0], ifMatch(value, stranger))).status, 404, write)
        }
      }
    })
  )

  it.effect("that may be meant for one version says so in the contract, and what happens else", () =>
    Effect.gen(function* () {
      const { get } = yield* TestServer
      const { json } = yield* get("/api/v1/openapi.json")
      const taking = Object.entries<any>(json.paths).filter(([, { patch }]) =>
        patch?.parameters.some((parameter: any) => parameter.in === "header" && parameter.name === "if-match")
      )
      const paths = ["/orders/{id}", "/products/{id}", "/seller/orders/{id}/status", "/users/me"]
      assert.includeMembers(
        taking.map(([path]) => path),
        paths.map((path) => `/api/v1${path}`)
      )
      for (const [path, { patch }] of taking) assert.property(patch.responses, "412", path)
      assert.include(json.info.description, "ETag")
    })
  )

  it.effect("of twenty at once meant for the same version happens once", () =>
    Effect.gen(function* () {
      const { get, patch } = yield* TestServer
      for (const { read, write, who, bodies } of yield* changes) {
        const tag = yield* tagOf(read, who)
        const answers = yield* Effect.forEach(
          Array.from({ length: 20 }, (_, i) => (write.endsWith("/status") ? bodies[0] : bodies[i % bodies.length])),
          (body) => patch(write, body, ifMatch(tag, who)),
          { concurrency: "unbounded" }
        )
        const [won, ...others] = answers.toSorted((a, b) => a.status - b.status)
        assert.strictEqual(won?.status, 200, write)
        assert.deepStrictEqual(new Set(others.map(({ status }) => status)), new Set([412]), write)
        assert.strictEqual((yield* get(read, who)).text, won?.text, write)
      }
    }).pipe(insisting)
  )
})
