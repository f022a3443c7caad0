import { Effect } from "effect"
import { App } from "../layers/App.ts"
import { devUser } from "../layers/DevIssuer.ts"
import { migrate } from "../layers/Migrations.ts"
import type { Role, SellerCategory } from "../services/auth/model.ts"
import { tokenOf } from "./devUsers.ts"
import { print, printJson } from "./print.ts"
import { CommandLogging, run } from "./run.ts"

export type TokenOptions = {
  readonly role: Exclude<Role, "freelancer">
  readonly sellerCategory?: SellerCategory
  readonly user?: string
  readonly dryRun?: boolean
  readonly json?: boolean
}

export const token = ({ role, sellerCategory, user: name, dryRun, json }: TokenOptions) => {
  const user = devUser({ role, ...(sellerCategory && { seller_category: sellerCategory }), ...(name && { name }) })
  const whose = { clerk_id: user.sub, full_name: user.name, role: user.role, seller_category: user.seller_category }
  if (dryRun) {
    if (json) printJson({ data: { would_be: whose } })
    else print(`Would print a token of ${user.sub}, ${[role, user.seller_category].filter(Boolean).join(" ")}.`)
    return
  }
  const work = Effect.gen(function* () {
    yield* migrate
    const made = yield* tokenOf(user)
    if (json) printJson({ data: { token: made.token, user: { id: made.id, ...whose } } })
    else print(made.token)
  })
  run(work.pipe(Effect.provide(App), Effect.provide(CommandLogging)))
}
