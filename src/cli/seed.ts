import { Effect } from "effect"
import { App } from "../layers/App.ts"
import { migrate, status } from "../layers/Migrations.ts"
import { Settings } from "../layers/Settings.ts"
import { CommandFailed } from "./explain.ts"
import { print, printJson, thousands } from "./print.ts"
import { CommandLogging, run } from "./run.ts"
import { demoSize, hasDemo, seedDemo } from "./seed/demo.ts"
import { generated, type Kind, kinds, load, type Target } from "./seed/load.ts"

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
    yield* migrate
    yield* isLoad ? runLoad(target, options) : runDemo(options)
  })
  run(work.pipe(Effect.provide(App), Effect.provide(CommandLogging)))
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
    Effect.sync(() => process.stderr.write("What was added so far stays; the same command adds the rest.\n"))
  )
  if (json) return printJson({ data: { added } })
  const some = Object.fromEntries(Object.entries(added).filter(([, count]) => count > 0))
  print(Object.keys(some).length > 0 ? `Added ${listed(some)}.` : "All of it is already there; nothing was added.")
})

/** A dry run reads what it can: a database without a schema holds nothing. */
const isMigrated = Effect.map(status, (all) => all.every(({ applied_at }) => applied_at !== null))

const planDemo = Effect.fnUntraced(function* ({ json }: SeedOptions) {
  const there = (yield* isMigrated) && (yield* hasDemo)
  if (json) return printJson({ data: { would_add: there ? null : demoSize, already_there: there } })
  print(there ? "The demo shop is already there; nothing would be added." : `Would add ${listed(demoSize)}.`)
})

const planLoad = Effect.fnUntraced(function* (target: Target, { json }: SeedOptions) {
  const migrated = yield* isMigrated
  const would_add: Record<string, number> = {}
  for (const kind of kinds) {
    const wanted = target[kind as Kind]
    if (wanted === undefined) continue
    const there = migrated ? (yield* generated(kind)).count : 0
    would_add[kind] = Math.max(0, wanted - there)
  }
  if (json) return printJson({ data: { would_add } })
  print(`Would add ${listed(would_add)}.`)
})
