import { assert, it } from "@effect/vitest"
import { afterEach } from "vitest"
import { explain } from "../../src/cli/explain.ts"
import { secretSettings } from "../../src/layers/secrets.ts"

const before = secretSettings.map((name) => [name, process.env[name]] as const)
afterEach(() => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
})

it.each(secretSettings)("no %s is told, whatever an error says", (name) => {
  process.env[name] = "postgres://user:whatever-is-secret@127.0.0.1:1/db"
  assert.notInclude(explain(new Error(`cannot use ${process.env[name]}`)), "whatever-is-secret")
})

it.each(["hunter2-very", "hunter2%25very", "hunter2%very"])(
  "no password is told, whatever an error says: %s",
  (password) => {
    process.env.DATABASE_URL = `postgres://u:${password}@127.0.0.1:1/db`
    const said = explain(new Error(`cannot use ${process.env.DATABASE_URL} with ${password.replace("%25", "%")}`))
    assert.match(said, /^Something went wrong: cannot use /)
    assert.notInclude(said, "hunter2")
  }
)
