import { Effect, Schema } from "effect"
import { Accounts } from "../services/accounts/Accounts.ts"
import { Departures } from "../services/accounts/Departures.ts"
import { Account, type UpdateAccount } from "../services/accounts/model.ts"
import type { Role, SellerCategory, ShopStatus, UserStatus } from "../services/auth/model.ts"
import { thousands } from "../services/text.ts"
import { textOf } from "../services/wire.ts"
import { CommandFailed } from "./explain.ts"
import { accountOf, administer, find, lines, nameOf, operator, rehearse, roleOf, standingOf } from "./operator.ts"
import { print, printJson, table } from "./print.ts"
import { makeProgress } from "./progress.ts"

export type ListOptions = {
  readonly search?: string
  readonly role?: Role
  readonly sellerCategory?: SellerCategory
  readonly status?: UserStatus
  readonly shop_status?: ShopStatus
  readonly limit: number
  readonly page: number
  readonly json?: boolean
}

export type ChangeOptions = { readonly reason?: string; readonly dryRun?: boolean; readonly json?: boolean }
export type PurgeOptions = { readonly dryRun?: boolean; readonly json?: boolean }

const decodeAccounts = Schema.decodeEffect(Schema.fromJsonString(Schema.Array(Account)))

export const list = ({ json, limit, page, sellerCategory, ...filter }: ListOptions) =>
  administer(
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const { items, meta } = yield* accounts.list({
        ...filter,
        ...(sellerCategory && { seller_category: sellerCategory }),
        limit,
        page
      })
      const found = yield* Effect.orDie(decodeAccounts(textOf(items)))
      if (json) return printJson({ data: found, meta })
      if (found.length === 0) return print("Nobody was found.")
      const rows = found.map((user) => [
        nameOf(user),
        user.email ?? user.phone ?? "",
        roleOf(user),
        standingOf(user),
        user.created_at.slice(0, 10),
        user.id
      ])
      print(table(["name", "contact", "role", "standing", "since", "id"], rows))
      const about = meta.total_is_estimate ? "about " : ""
      print(`Page ${meta.page} of ${thousands(meta.total_pages)}, ${about}${thousands(meta.total)} in all.`)
    })
  )

export const show = (who: string, { json }: { readonly json?: boolean }) =>
  administer(
    Effect.gen(function* () {
      const user = yield* find(who)
      if (json) return printJson({ data: user })
      print(
        lines([
          ["name", user.full_name],
          ["email", user.email],
          ["phone", user.phone],
          ["confirmed", [user.confirmed_email, user.confirmed_phone].filter((contact) => contact !== null).join(", ")],
          ["role", roleOf(user)],
          ["standing", standingOf(user)],
          ["shop", user.shop && `${user.shop.full_name} (${user.shop.slug}), ${user.shop.status}`],
          ["since", user.created_at],
          ["clerk id", user.clerk_id],
          ["id", user.id]
        ])
      )
    })
  )

/** Makes a change and tells the user's standing after it. */
export const change = (who: string, changes: UpdateAccount, options: ChangeOptions) =>
  administer(
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const before = yield* find(who)
      const work = Effect.andThen(
        accounts.update(operator(), before.id, { ...changes, reason: options.reason ?? null }),
        accountOf(before.id)
      )
      const after = yield* options.dryRun ? rehearse(work) : work
      if (options.json) return printJson({ data: options.dryRun ? { would_be: after } : after })
      const told = `${nameOf(after)}: ${roleOf(after)}, ${standingOf(after)}`
      if (after.updated_at === before.updated_at) return print(`Nothing to change. ${told}.`)
      print(options.dryRun ? `Would make it ${told}.` : `${told}.`)
    })
  )

/** Erases whoever asked to go and whose time has come. */
export const purge = ({ dryRun, json }: PurgeOptions) =>
  administer(
    Effect.gen(function* () {
      const departures = yield* Departures
      if (dryRun) {
        const due = yield* departures.due
        const waiting = due.filter(({ waits }) => waits).length
        const ready = due.length - waiting
        if (json) return printJson({ data: { would_erase: ready, waiting } })
        return print(`Would erase ${accountsText(ready)}. ${waitingText(waiting)}`)
      }
      let progress: ReturnType<typeof makeProgress> | undefined
      const { erased, waiting, failed } = yield* departures.purge(operator(), (_, of) => {
        progress ??= makeProgress("accounts", of)
        progress.advance(1)
      })
      if (json) printJson({ data: { erased, waiting, failed } })
      else print(`Erased ${accountsText(erased)}. ${waitingText(waiting)}`)
      if (failed === 0) return
      const message = `${accountsText(failed)} could not be erased: zst users purge tries again.`
      return yield* new CommandFailed({ message })
    })
  )

const accountsText = (count: number) => (count === 1 ? "1 account" : `${thousands(count)} accounts`)

const waitingText = (waiting: number) =>
  waiting === 0
    ? "Nobody waits for an open order."
    : `${waiting === 1 ? "1 waits" : `${thousands(waiting)} wait`} until their open orders are finished.`
