import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Browser } from "../support/browser.ts"
import { TestServer } from "../support/server.ts"

layer(Layer.mergeAll(TestServer.layer, Browser.layer))("the page of the contract", (it) => {
  it.effect("shows the endpoints, and raises no error in the browser", () =>
    Effect.gen(function* () {
      const { url } = yield* TestServer
      const { open } = yield* Browser
      const { page, problems } = yield* open(`${url}/api/docs`)
      yield* Effect.promise(async () => {
        await page.getByText("The public catalogue, filtered and sorted").first().waitFor({ timeout: 30_000 })
        await page.getByText("Add a product; a name and a price are enough").first().waitFor({ timeout: 30_000 })
      })
      const tools = yield* Effect.promise(() => page.getByText("Developer Tools").count())
      assert.strictEqual(tools, 0)
      const elsewhere = yield* Effect.promise(() =>
        page
          .locator("a[href^=http]:visible")
          .evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""))
      )
      assert.deepStrictEqual(
        elsewhere.filter((href) => !href.startsWith(url) && href !== "https://www.scalar.com"),
        []
      )
      assert.deepStrictEqual(problems, [])
    })
  )

  it.effect("is in English, and as wide as the screen of a phone", () =>
    Effect.gen(function* () {
      const { url } = yield* TestServer
      const { open } = yield* Browser
      const { page } = yield* open(`${url}/api/docs`)
      yield* Effect.promise(async () => {
        assert.strictEqual(await page.locator("html").getAttribute("lang"), "en")
        await page.getByText("The public catalogue, filtered and sorted").first().waitFor({ timeout: 30_000 })
        // It goes on drawing for seconds.
        for (let look = 0; look < 10; look++) {
          for (const width of [320, 390]) {
            await page.setViewportSize({ width, height: 800 })
            assert.strictEqual(await page.evaluate("document.documentElement.scrollWidth"), width)
          }
          await page.waitForTimeout(500)
        }
      })
    })
  )
})
