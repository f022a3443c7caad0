import { Effect } from "effect"
import { Accounts } from "../../services/accounts/Accounts.ts"
import { Audit } from "../../services/audit/Audit.ts"
import { Guests } from "../../services/orders/Guests.ts"
import { Applications } from "../../services/sellers/Applications.ts"
import { answersOf } from "../answers.ts"
import { Administrator } from "../middleware/Administration.ts"

export const AdminHandlers = answersOf(
  "admin",
  Effect.fnUntraced(function* (answers) {
    const accounts = yield* Accounts
    const applications = yield* Applications
    const audit = yield* Audit
    const guests = yield* Guests
    return answers({
      listUsers: ({ query }) => accounts.list(query),
      getUser: ({ params }) => accounts.get(params.id),
      updateUser: Effect.fnUntraced(function* ({ params, headers, payload }) {
        return yield* accounts.update(yield* Administrator, params.id, payload, headers["if-match"])
      }),
      listApplications: ({ query }) => applications.list(query),
      readApplication: ({ params }) => applications.get(params.id),
      decideApplication: Effect.fnUntraced(function* ({ params, payload }) {
        return yield* applications.decide(yield* Administrator, params.id, payload)
      }),
      listAudit: ({ query }) => audit.list(query),
      listGuestOrders: ({ query }) => guests.list(query)
    })
  })
)
