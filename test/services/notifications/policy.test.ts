import { assert, describe, it } from "@effect/vitest"
import { UserId } from "../../../src/services/auth/model.ts"
import { PushTokenId } from "../../../src/services/notifications/model.ts"
import { maxDevices, type Registered, settle } from "../../../src/services/notifications/policy.ts"

const me = UserId.make("me")
const row = (id: string, other: Partial<Registered> = {}): Registered => ({
  id: PushTokenId.make(id),
  user_id: me,
  push_token: `token-${id}`,
  device_id: null,
  registered_at: new Date(0),
  ...other
})
const somebody = { user_id: UserId.make("somebody") }

type Case = readonly [
  string,
  ReadonlyArray<Registered>,
  { push_token: string; device_id?: string },
  string,
  ReadonlyArray<string>
]
const cases: ReadonlyArray<Case> = [
  ["a first device is new", [], { push_token: "t" }, "", []],
  ["a second device is new", [row("a")], { push_token: "t" }, "", []],
  ["a known token is renewed", [row("a")], { push_token: "token-a" }, "a", []],
  ["a known device is renewed", [row("a", { device_id: "d" })], { push_token: "t", device_id: "d" }, "a", []],
  ["a token of somebody else leaves them", [row("a", somebody)], { push_token: "token-a" }, "", ["a"]],
  [
    "a known device takes over a token of somebody else",
    [row("a", somebody), row("b", { device_id: "d" })],
    { push_token: "token-a", device_id: "d" },
    "b",
    ["a"]
  ],
  [
    "a known device takes over a token of another device of the same user",
    [row("a"), row("b", { device_id: "d" })],
    { push_token: "token-a", device_id: "d" },
    "b",
    ["a"]
  ],
  [
    "a device of somebody else with the same name is not touched",
    [row("a", { ...somebody, device_id: "d", push_token: "t" })],
    { push_token: "t", device_id: "d" },
    "",
    ["a"]
  ]
]

describe("a registration", () => {
  it.each(cases)("%s", (_, known, input, renewed, gone) => {
    const settled = settle(known, me, input)
    assert.strictEqual(settled.renewed?.id ?? "", renewed)
    assert.deepStrictEqual([...settled.gone], gone)
  })

  const full = Array.from({ length: maxDevices }, (_, i) =>
    row(`n${i}`, { registered_at: new Date(i === 7 ? 0 : 1 + i) })
  )

  it("of one device too many drops the one that registered longest ago", () =>
    assert.deepStrictEqual([...settle(full, me, { push_token: "t" }).gone], ["n7"]))

  it("of a known device drops none", () => assert.isEmpty(settle(full, me, { push_token: "token-n3" }).gone))

  it("of one device too many that had somebody else's token drops both", () =>
    assert.deepStrictEqual([...settle([row("x", somebody), ...full], me, { push_token: "token-x" }).gone], ["x", "n7"]))
})
