import { assert, describe, it, layer } from "@effect/vitest"
import { ConfigProvider, Deferred, Effect, Fiber, Layer, Option } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { type HttpApiEndpoint, OpenApi } from "effect/http-api"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { Settings } from "../../src/layers/Settings.ts"
import { Api } from "../../src/server/Api.ts"
import { HotPages } from "../../src/server/http/HotPages.ts"
import { isList } from "../../src/server/middleware/Authentication.ts"
import { KeptPages } from "../../src/server/middleware/KeptPages.ts"
import { ListTurns, makeTurns } from "../../src/server/middleware/turns.ts"
import { InvalidToken } from "../../src/services/auth/errors.ts"
import { UserId } from "../../src/services/auth/model.ts"
import { People } from "../../src/services/auth/People.ts"
import { Tokens } from "../../src/services/auth/Tokens.ts"
import { Freshness } from "../../src/services/catalog/Freshness.ts"
import { freshDatabase } from "../support/database.ts"
import { waiting, whileHeld } from "../support/locks.ts"
import { type Person, TestServer } from "../support/server.ts"
import { admin, buyer, seller } from "../support/shop.ts"

const [amina, karim] = [UserId.make("amina"), UserId.make("karim")]

describe("turns of users", () => {
  it.effect("let one of a user's requests go on at a time, in the order they came, and nobody else's wait", () =>
    Effect.gen(function* () {
      const inTurn = makeTurns<UserId>(1)
      const [gate, begun] = [yield* Deferred.make<void>(), [] as string[]]
      const request = (user: UserId, name: string) =>
        Effect.forkChild(
          inTurn(user)(
            Effect.andThen(
              Effect.sync(() => begun.push(name)),
              Deferred.await(gate)
            )
          ),
          { startImmediately: true }
        )
      const fibers = [
        yield* request(amina, "first"),
        yield* request(amina, "second"),
        yield* request(karim, "other"),
        yield* request(amina, "third")
      ]
      assert.deepStrictEqual(begun, ["first", "other"])
      yield* Deferred.succeed(gate, undefined)
      yield* Effect.forEach(fibers, Fiber.join)
      assert.deepStrictEqual(begun, ["first", "other", "second", "third"])
    })
  )

  it.effect("give the turn to the next when one fails or leaves, in line or at work", () =>
    Effect.gen(function* () {
      const inTurn = makeTurns<UserId>(1)(amina)
      const begin = (work: Effect.Effect<unknown, string>) =>
        Effect.forkChild(Effect.exit(inTurn(work)), { startImmediately: true })
      const atWork = yield* begin(Effect.never)
      const inLine = yield* begin(Effect.never)
      const failing = yield* begin(Effect.fail("no"))
      const last = yield* begin(Effect.succeed("done"))
      yield* Fiber.interrupt(inLine)
      yield* Fiber.interrupt(atWork)
      yield* Fiber.join(failing)
      yield* Fiber.join(last)
      assert.strictEqual(yield* inTurn(Effect.succeed("again")), "again")
    })
  )
})

/** A list that is begun and goes on until it is let go. */
const listed = Effect.gen(function* () {
  const [gate, begun] = [yield* Deferred.make<void>(), [] as string[]]
  const list = (name: string) =>
    Effect.andThen(
      Effect.sync(() => begun.push(name)),
      Effect.as(Deferred.await(gate), HttpServerResponse.empty())
    )
  return { gate, begun, list }
})

const Signers = Layer.succeed(Tokens, {
  verify: (token) =>
    token === "forged"
      ? Effect.fail(new InvalidToken({ message: "The access token is not valid." }))
      : Effect.succeed({ clerk_id: token, expires_at: 0 })
})

const turnsOf = (settings: Record<string, string>) =>
  Layer.provide(
    Layer.mergeAll(ListTurns.layer, HotPages.layer, Signers),
    Layer.mergeAll(
      Layer.provide(Settings.layer, ConfigProvider.layer(ConfigProvider.fromUnknown(settings))),
      Freshness.layer
    )
  )

/** Asks so for a public list. */
const keptFrom = (
  address: string,
  url: string,
  list: Effect.Effect<HttpServerResponse.HttpServerResponse>,
  token?: string
) =>
  Effect.gen(function* () {
    const kept = yield* KeptPages
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const request = HttpServerRequest.fromWeb(new Request(`http://localhost${url}`, { headers })).modify({
      remoteAddress: Option.some(address)
    })
    const answer = (kept as (list: unknown, options: unknown) => Effect.Effect<unknown>)(list, {})
    return yield* Effect.forkChild(Effect.provideService(answer, HttpServerRequest.HttpServerRequest, request), {
      startImmediately: true
    })
  })

describe("lists", () => {
  it.effect("are read two at a time for one network, and no more of their age is counted than their reading", () =>
    Effect.gen(function* () {
      const { gate, begun, list } = yield* listed
      const fibers = [
        yield* keptFrom("41.100.1.1", "/a", list("first")),
        yield* keptFrom("41.100.1.1", "/b", list("second")),
        yield* keptFrom("41.100.1.1", "/c", list("third")),
        yield* keptFrom("41.100.2.1", "/d", list("other"))
      ]
      assert.deepStrictEqual(begun, ["first", "second", "other"])
      const later = performance.now() + 20
      while (performance.now() < later);
      yield* Deferred.succeed(gate, undefined)
      yield* Effect.forEach(fibers, Fiber.join)
      assert.deepStrictEqual(begun, ["first", "second", "other", "third"])
    }).pipe(Effect.provide(Layer.provideMerge(KeptPages.layer, turnsOf({}))))
  )

  it.effect("are read for who has signed in though their network waits, two at a time; a forged token is none", () =>
    Effect.gen(function* () {
      const { begun, list } = yield* listed
      const ask = (name: string, token?: string) => keptFrom("41.100.1.1", `/${name}`, list(name), token)
      for (const name of ["a", "b", "c"]) yield* ask(name)
      for (const name of ["d", "e", "f"]) yield* ask(name, "amina")
      yield* ask("g", "karim")
      yield* ask("h", "forged")
      assert.deepStrictEqual(begun, ["a", "b", "d", "e", "g"])
    }).pipe(Effect.provide(Layer.provideMerge(KeptPages.layer, turnsOf({}))))
  )

  it.effect("are not held to that where limits are off", () =>
    Effect.gen(function* () {
      const { begun, list } = yield* listed
      for (const name of ["a", "b", "c", "d"]) yield* keptFrom("41.100.1.1", `/${name}`, list(name))
      assert.deepStrictEqual(begun, ["a", "b", "c", "d"])
    }).pipe(Effect.provide(Layer.provideMerge(KeptPages.layer, turnsOf({ RATE_LIMITS: "off" }))))
  )

  it("are all endpoints that have pages", () => {
    const endpoints = Object.values(Api.groups).flatMap((group) => Object.values<HttpApiEndpoint.Top>(group.endpoints))
    const lists = endpoints.filter(isList).map(({ path }) => path.replace(/:(\w+)/g, "{$1}"))
    const withPages = Object.entries(OpenApi.fromApi(Api).paths).flatMap(([path, { get }]) =>
      get?.parameters.some(({ name }) => name === "cursor") ? [path] : []
    )
    assert.isAbove(lists.length, 8)
    assert.sameMembers(
      withPages,
      lists.map((path) => (withPages.includes(path) ? path : `/api/v1${path}`))
    )
  })
})

layer(TestServer.over(freshDatabase, { RATE_LIMITS: "on" }))("lists of who has signed in", (it) => {
  it.effect("are read two at a time for one user", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const [one, other] = [yield* seller, yield* seller]
      const lists = (who: typeof one) =>
        Effect.forEach(Array.from({ length: 5 }), () => Effect.forkChild(server.get("/api/v1/seller/orders", who)))
      // Writers' connections wait longer for a table than these; each list that is begun is seen once.
      const begun = sql<{ count: number }>`
        SELECT count(*)::int AS count FROM pg_locks WHERE NOT granted AND relation = 'seller_orders'::regclass`
      const most = yield* whileHeld(
        sql`LOCK TABLE seller_orders IN ACCESS EXCLUSIVE MODE`,
        Effect.gen(function* () {
          const asked = [...(yield* lists(one)), ...(yield* lists(other))]
          let most = 0
          while (asked.some((fiber) => fiber.pollUnsafe() === undefined)) {
            most = Math.max(most, (yield* begun)[0]?.count ?? 0)
          }
          yield* Effect.forEach(asked, Fiber.join)
          return most
        })
      )
      assert.isAtMost(most, 4)
      assert.isAbove(most, 0)
    })
  )
})

layer(TestServer.layer)("what closes or opens a shop", (it) => {
  it.effect("is done one at a time for one user, and nobody else's waits for that", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const people = yield* People
      const stay = (who: Person) => server.post("/api/v1/users/me/restore", {}, who)
      for (const somebody of [seller, buyer]) {
        const [one, other] = [yield* somebody, yield* somebody]
        const asked = yield* whileHeld(
          people.hold(one.id, "use"),
          Effect.gen(function* () {
            const asked = yield* Effect.forEach([one, one, one, one], (who) => Effect.forkChild(stay(who)))
            yield* waiting(1)
            yield* TestClock.withLive(Effect.sleep("300 millis"))
            const lines = yield* sql`SELECT FROM pg_stat_activity
              WHERE datname = current_database() AND wait_event_type = 'Lock'`
            assert.lengthOf(lines, 1)
            assert.strictEqual((yield* stay(other)).status, 200)
            assert.isTrue(asked.every((fiber) => fiber.pollUnsafe() === undefined))
            return asked
          })
        )
        yield* Effect.forEach(asked, Fiber.join)
      }
    })
  )

  it.effect("waits for other shops that are closed or opened; who has none waits for nobody", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const people = yield* People
      const stay = (who: Person) => server.post("/api/v1/users/me/restore", {}, who)
      const [one, two, person] = [yield* seller, yield* seller, yield* buyer]
      const asked = yield* whileHeld(
        people.holdAll([one.id, two.id], "use"),
        Effect.gen(function* () {
          const asked = yield* Effect.forEach([one, two], (who) => Effect.forkChild(stay(who)))
          yield* waiting(2)
          assert.strictEqual((yield* stay(person)).status, 200)
          assert.isTrue(asked.every((fiber) => fiber.pollUnsafe() === undefined))
          return asked
        })
      )
      yield* Effect.forEach(asked, Fiber.join)
    })
  )

  it.effect("of shops is done two at a time, and of people without one; administrators decide meanwhile", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const people = yield* People
      const [boss, troll] = [yield* admin, yield* buyer]
      const leaving = yield* Effect.forEach([buyer, buyer, buyer, seller, seller, seller], (somebody) => somebody)
      const ids = leaving.map(({ id }) => id)
      const asked = yield* whileHeld(
        people.holdAll(ids, "use"),
        Effect.gen(function* () {
          const asked = yield* Effect.forEach(leaving, (who) =>
            Effect.forkChild(server.send("DELETE", "/api/v1/users/me", who))
          )
          yield* waiting(4)
          yield* TestClock.withLive(Effect.sleep("300 millis"))
          const lines = yield* sql`SELECT FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'`
          assert.lengthOf(lines, 4)
          const ban = yield* server.patch(`/api/v1/admin/users/${troll.id}`, { status: "banned" }, boss)
          assert.strictEqual(ban.status, 200, ban.text)
          return asked
        })
      )
      const left = yield* Effect.forEach(asked, Fiber.join)
      assert.deepStrictEqual(new Set(left.map(({ status }) => status)), new Set([200]))
    })
  )
})
