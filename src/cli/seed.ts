import { Effect } from "effect"
import { App, Infrastructure } from "../layers/App.ts"
import { migrate, pendingOf, requireCurrent } from "../layers/Migrations.ts"
import { Settings } from "../layers/Settings.ts"
import { thousands } from "../services/text.ts"
import { CommandFailed } from "./explain.ts"
import { schemaAsItIs } from "./migrate.ts"
import { print, printJson } from "./print.ts"
import { CommandLogging, run } from "./run.ts"
import { demoSize, hasDemo, seedDemo } from "./seed/demo.ts"
import { generated, kinds, load, type Target } from "./seed/load.ts"
import { tell } from "./tell.ts"

export type SeedOptions = {
  readonly products?: number
  readonly orders?: number
  readonly users?: number
  readonly sellers?: number
  readonly dryRun?: boolean
  readonly json?: boolean
}

export const seed = (options: SeedOptions) => {
  const target: Target = Object.fromEntries(
    kinds.flatMap((kind) => (options[kind] === undefined ? [] : [[kind, options[kind]]]))
  )
  const isLoad = Object.keys(target).length > 0
  const work = Effect.gen(function* () {
    const { production } = yield* Settings
    if (production) {
      return yield* new CommandFailed({ message: "zst seed invents data: it does not run with NODE_ENV=production." })
    }
    if (options.dryRun) return yield* isLoad ? planLoad(target, options) : planDemo(options)
    yield* Effect.gen(function* () {
      yield* migrate
      yield* isLoad ? runLoad(target, options) : runDemo(options)
    }).pipe(Effect.provide(App))
  })
  run(work.pipe(Effect.provide(Settings.layer), Effect.provide(CommandLogging)))
}

const listed = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .map(([name, count]) => `${thousands(count)} ${name}`)
    .join(", ")

const runDemo = Effect.fnUntraced(function* ({ json }: SeedOptions) {
  const added = yield* seedDemo
  if (json) return printJson({ data: { added: added ? demoSize : null, already_there: !added } })
  print(added ? `The demo shop is open: ${listed(demoSize)}.` : "The demo shop is already there; nothing was added.")
})

const runLoad = Effect.fnUntraced(function* (target: Target, { json }: SeedOptions) {
  const added = yield* Effect.onInterrupt(load(target), () =>
    Effect.sync(() => tell("What was added so far stays; the same command adds the rest."))
  )
  if (json) return printJson({ data: { added } })
  const some = Object.fromEntries(Object.entries(added).filter(([, count]) => count > 0))
  print(Object.keys(some).length > 0 ? `Added ${listed(some)}.` : "All of it is already there; nothing was added.")
})

/** A dry run makes no schema: without one there is nothing, and of one that is behind it says so. */
const isThere = Effect.gen(function* () {
  const all = yield* schemaAsItIs
  if (pendingOf(all).length === all.length) return false
  yield* requireCurrent(all)
  return true
})

const planDemo = Effect.fnUntraced(function* ({ json }: SeedOptions) {
  const there = (yield* isThere) && (yield* Effect.provide(hasDemo, Infrastructure))
  if (json) return printJson({ data: { would_add: there ? null : demoSize, already_there: there } })
  print(there ? "The demo shop is already there; nothing would be added." : `Would add ${listed(demoSize)}.`)
})

const planLoad = Effect.fnUntraced(function* (target: Target, { json }: SeedOptions) {
  const wanted = kinds.flatMap((kind) => (target[kind] === undefined ? [] : [[kind, target[kind]] as const]))
  const counted = Effect.forEach(wanted, ([kind]) => Effect.map(generated(kind), ({ count }) => count))
  const there = (yield* isThere) ? yield* Effect.provide(counted, Infrastructure) : []
  const would_add = Object.fromEntries(
    wanted.map(([kind, count], index) => [kind, Math.max(0, count - (there[index] ?? 0))])
  )
  if (json) return printJson({ data: { would_add } })
  print(`Would add ${listed(would_add)}.`)
})
