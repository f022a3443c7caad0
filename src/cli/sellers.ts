import { Effect, Schema } from "effect"
import { isUuid } from "../services/model.ts"
import { Applications } from "../services/sellers/Applications.ts"
import { type ApplicationStatus, type DecideApplication, SellerApplication } from "../services/sellers/model.ts"
import { thousands } from "../services/text.ts"
import { textOf } from "../services/wire.ts"
import { CommandFailed } from "./explain.ts"
import { administer, find, operator, rehearse } from "./operator.ts"
import { print, printJson, table } from "./print.ts"

export type ApplicationsOptions = {
  readonly status: ApplicationStatus | "all"
  readonly limit: number
  readonly page: number
  readonly json?: boolean
}

export type DecisionOptions = { readonly dryRun?: boolean; readonly json?: boolean }

const decode = Schema.decodeEffect(Schema.fromJsonString(SellerApplication))
const decodeMany = Schema.decodeEffect(Schema.fromJsonString(Schema.Array(SellerApplication)))

export const applications = ({ json, limit, page, status }: ApplicationsOptions) =>
  administer(
    Effect.gen(function* () {
      const service = yield* Applications
      const { items, meta } = yield* service.list({ limit, page, ...(status !== "all" && { status }) })
      const found = yield* Effect.orDie(decodeMany(textOf(items)))
      if (json) return printJson({ data: found, meta })
      if (found.length === 0) return print(`No application is ${status === "all" ? "there" : status}.`)
      const rows = found.map((each) => [
        each.full_name,
        each.seller_category,
        String(each.wilaya_code),
        each.register_number,
        each.phone,
        each.status,
        each.created_at.slice(0, 10),
        each.id
      ])
      print(table(["shop", "category", "wilaya", "register", "phone", "status", "since", "id"], rows))
      print(`Page ${meta.page} of ${thousands(meta.total_pages)}, ${thousands(meta.total)} in all.`)
    })
  )

/** An application by its own id, else that of the user who is meant. */
const applicationOf = Effect.fnUntraced(function* (who: string) {
  const service = yield* Applications
  const direct = isUuid(who) ? yield* Effect.option(service.get(who)) : undefined
  if (direct?._tag === "Some") return who
  const user = yield* find(who)
  return yield* service
    .of(user.id)
    .pipe(
      Effect.mapError(() => new CommandFailed({ message: `${user.full_name ?? who} has not applied as a seller.` }))
    )
})

export const decide = (who: string, decision: DecideApplication, { dryRun, json }: DecisionOptions) =>
  administer(
    Effect.gen(function* () {
      const service = yield* Applications
      const id = yield* applicationOf(who)
      const work = Effect.flatMap(service.decide(operator(), id, decision), (text) => Effect.orDie(decode(text)))
      const application = yield* dryRun ? rehearse(work) : work
      if (json) return printJson({ data: dryRun ? { would_be: application } : application })
      const { full_name, status, seller_category } = application
      const outcome = status === "approved" ? `${status}: it sells as ${seller_category} from now on` : status
      print(dryRun ? `${full_name} would be ${outcome}.` : `${full_name} is ${outcome}.`)
    })
  )
