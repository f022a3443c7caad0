/** Real headless Chromium. CHROMIUM is set by `npm run test:browser`, which finds or installs it. */
import { Context, Effect, Layer, type Scope } from "effect"
import { chromium, type Page } from "playwright-core"

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync"
]

export class Browser extends Context.Service<
  Browser,
  {
    /** Opens a page; `problems` gathers what it logs as an error or throws. */
    readonly open: (
      url: string
    ) => Effect.Effect<{ readonly page: Page; readonly problems: ReadonlyArray<string> }, never, Scope.Scope>
  }
>()("zst/test/Browser") {
  static readonly layer = Layer.effect(
    Browser,
    Effect.gen(function* () {
      const executablePath = process.env.CHROMIUM
      if (executablePath === undefined) return yield* Effect.die("CHROMIUM is not set: run npm run test:browser")
      const browser = yield* Effect.acquireRelease(
        Effect.promise(() => chromium.launch({ executablePath, args: flags })),
        (browser) => Effect.promise(() => browser.close())
      )
      const open = Effect.fnUntraced(function* (url: string) {
        const page = yield* Effect.acquireRelease(
          Effect.promise(() => browser.newPage()),
          (page) => Effect.promise(() => page.close())
        )
        const problems: Array<string> = []
        page.on("console", (message) => message.type() === "error" && problems.push(message.text()))
        page.on("pageerror", (error) => problems.push(error.message))
        yield* Effect.promise(() => page.goto(url))
        return { page, problems }
      })
      return Browser.of({ open })
    })
  )
}
