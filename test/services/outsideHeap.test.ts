import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { memory } from "../../scripts/lib.mjs"

/** In MB: what lies outside the heap of a server, at the most, while as many MB as these pass through. */
const mostOutside = (megabytes: number, says: boolean) =>
  Effect.promise(async () => {
    const program = `
      import { passedThrough } from "${new URL("../../src/services/outsideHeap.ts", import.meta.url)}"
      let most = 0
      for (let i = 0; i < ${megabytes * 16}; i++) {
        Buffer.allocUnsafeSlow(65536)
        if (${says}) passedThrough(65536)
        most = Math.max(most, process.memoryUsage().arrayBuffers)
        if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
      }
      process.stdout.write(String(most / 1e6))`
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...memory.nodeFlags,
      "--input-type=module",
      "--eval",
      program
    ])
    return Number(stdout)
  })

it.live("what passes through a server waits for no collection of what is inside its heap", () =>
  Effect.gen(function* () {
    assert.isAbove(yield* mostOutside(500, false), 50)
    assert.isBelow(yield* mostOutside(500, true), 20)
  })
)
