import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Accounts } from "../../services/accounts/Accounts.ts"
import { Audit } from "../../services/audit/Audit.ts"
import type { Page } from "../../services/list.ts"
import { Applications } from "../../services/sellers/Applications.ts"
import { Api } from "../Api.ts"
import { replyData, replyPage } from "../http/reply.ts"
import { Administrator } from "../middleware/Administration.ts"

const page = <A>({ items, meta }: Page<A>) => replyPage(items, meta)

export const AdminHandlers = HttpApiBuilder.group(
  Api,
  "admin",
  Effect.fnUntraced(function* (handlers) {
    const accounts = yield* Accounts
    const applications = yield* Applications
    const audit = yield* Audit
    return handlers.handleAll({
      listUsers: ({ query }) => Effect.map(accounts.list(query), page),
      getUser: ({ params }) => Effect.map(accounts.get(params.id), (user) => replyData(user)),
      updateUser: Effect.fnUntraced(function* ({ params, headers, payload }) {
        return replyData(yield* accounts.update(yield* Administrator, params.id, payload, headers["if-match"]))
      }),
      listApplications: ({ query }) => Effect.map(applications.list(query), page),
      readApplication: ({ params }) => Effect.map(applications.get(params.id), (found) => replyData(found)),
      decideApplication: Effect.fnUntraced(function* ({ params, payload }) {
        return replyData(yield* applications.decide(yield* Administrator, params.id, payload))
      }),
      listAudit: ({ query }) => Effect.map(audit.list(query), page)
    })
  })
)
