import { Effect } from "effect"
import { devUser } from "../layers/DevIssuer.ts"
import type { Role, SellerCategory } from "../services/auth/model.ts"
import { requireDevIssuer, tokenOf } from "./devUsers.ts"
import { administer } from "./operator.ts"
import { print, printJson } from "./print.ts"

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
  administer(
    Effect.gen(function* () {
      yield* requireDevIssuer
      if (dryRun) {
        if (json) return printJson({ data: { would_be: whose } })
        return print(`Would print a token of ${user.sub}, ${[role, user.seller_category].filter(Boolean).join(" ")}.`)
      }
      const made = yield* tokenOf(user)
      if (json) printJson({ data: { token: made.token, user: { id: made.id, ...whose } } })
      else print(made.token)
    })
  )
}
