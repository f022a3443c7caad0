import { assert, it } from "@effect/vitest"
import { afterEach } from "vitest"
import { explain } from "../../src/cli/explain.ts"

const before = process.env.DATABASE_URL
afterEach(() => {
  if (before === undefined) delete process.env.DATABASE_URL
  else process.env.DATABASE_URL = before
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
