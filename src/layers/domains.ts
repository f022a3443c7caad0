/** Every domain, each after those it builds on. What has to know them all folds over this list. */
import { Effect } from "effect"
import { accounts } from "../services/accounts/domain.ts"
import { addresses } from "../services/addresses/domain.ts"
import { audit } from "../services/audit/domain.ts"
import { auth } from "../services/auth/domain.ts"
import { cart } from "../services/cart/domain.ts"
import { catalog } from "../services/catalog/domain.ts"
import { delivery } from "../services/delivery/domain.ts"
import { type Column, type Fate, stack } from "../services/domain.ts"
import { events } from "../services/events/domain.ts"
import { idempotency } from "../services/idempotency/domain.ts"
import { jobs } from "../services/jobs/domain.ts"
import { media } from "../services/media/domain.ts"
import { notifications } from "../services/notifications/domain.ts"
import { orders } from "../services/orders/domain.ts"
import { sellers } from "../services/sellers/domain.ts"
import type { Used } from "../services/Uses.ts"

const below = [
  jobs,
  audit,
  events,
  idempotency,
  delivery,
  auth,
  addresses,
  notifications,
  media,
  catalog,
  cart,
  sellers,
  orders
] as const

/** `accounts` stands above: it erases people in all the others. */
export const domains = [...below, accounts] as const
export { accounts }

type LayersOf<Domains extends ReadonlyArray<{ readonly layer: unknown }>> = {
  readonly [K in keyof Domains]: Domains[K]["layer"]
}

/** The services of every domain but that one. */
export const DomainsBelow = stack(...(below.map(({ layer }) => layer) as unknown as LayersOf<typeof below>))

const usesOf = (used: Used) => domains.flatMap(({ uses }): ReadonlyArray<Column> => uses[used] ?? [])

export const uses: Readonly<Record<Used, ReadonlyArray<Column>>> = {
  media: usesOf("media"),
  products: usesOf("products"),
  skus: usesOf("skus")
}

export const people: Readonly<Record<Column, Fate>> = Object.assign({}, ...domains.map((domain) => domain.people))

export const needs = Effect.map(Effect.all(domains.map((domain) => domain.needs)), (all) => all.flat())

export const limits = domains.flatMap((domain) => domain.limits)

export const eventTypes = domains.flatMap((domain) => domain.events)
export const consumers = domains.flatMap((domain) => domain.consumers)
export const schedules = domains.flatMap((domain) => domain.schedules)

/** Who builds on others lets go first. */
export const erasers = Effect.all(domains.map((domain) => domain.erase).toReversed())
