import { Effect, Option, Schema } from "effect"
import { Phone } from "../services/model.ts"
import { Guests } from "../services/orders/Guests.ts"
import { GuestOrder } from "../services/orders/model.ts"
import { thousands } from "../services/text.ts"
import { textOf } from "../services/wire.ts"
import { CommandFailed } from "./explain.ts"
import { administer, operator } from "./operator.ts"
import { print, printJson, table } from "./print.ts"

export type FindOptions = { readonly json?: boolean }
export type EraseOptions = { readonly dryRun?: boolean; readonly json?: boolean }

const decodePhone = Schema.decodeOption(Phone)
const decodeOrders = Schema.decodeEffect(Schema.fromJsonString(Schema.Array(GuestOrder)))

const phoneOf = Effect.fnUntraced(function* (typed: string) {
  const phone = decodePhone(typed)
  if (Option.isSome(phone)) return phone.value
  return yield* new CommandFailed({ message: `"${typed}" is not an Algerian mobile number, such as 0555123456.` })
})

export const find = (typed: string, { json }: FindOptions) =>
  administer(
    Effect.gen(function* () {
      const guests = yield* Guests
      const { items, meta } = yield* guests.list({ phone: yield* phoneOf(typed), limit: 100 })
      const found = yield* Effect.orDie(decodeOrders(textOf(items)))
      if (json) return printJson({ data: found, meta })
      if (found.length === 0) return print("Nobody without an account ordered with this number.")
      const rows = found.map(({ order_number, customer_name, status, created_at }) => [
        order_number,
        customer_name,
        status,
        created_at.slice(0, 10)
      ])
      print(table(["order", "name", "status", "since"], rows))
      if (found.length < meta.total) print(`The newest ${found.length} of ${thousands(meta.total)}.`)
    })
  )

export const erase = (typed: string, { dryRun = false, json }: EraseOptions) =>
  administer(
    Effect.gen(function* () {
      const guests = yield* Guests
      const { erased, waiting } = yield* guests.erase(operator(), yield* phoneOf(typed), { dryRun })
      if (json) return printJson({ data: dryRun ? { would_erase: erased, waiting } : { erased, waiting } })
      if (erased + waiting === 0) return print("Nobody without an account ordered with this number.")
      print(`${dryRun ? "Would erase" : "Erased"} the person from ${orders(erased)}.`)
      if (waiting > 0) print(`${orders(waiting)} still open: erase again when finished.`)
    })
  )

const orders = (count: number) => (count === 1 ? "1 order" : `${thousands(count)} orders`)
