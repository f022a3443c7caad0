import { NodeServices } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import { Erasures } from "../services/accounts/Erasures.ts"
import { stack } from "../services/domain.ts"
import { Wakeups } from "../services/events/Wakeups.ts"
import { ExpiryDays } from "../services/orders/Expiry.ts"
import { Retention } from "../services/Retention.ts"
import { Uses } from "../services/Uses.ts"
import { accounts, consumers, DomainsBelow, erasers, needs, uses } from "./domains.ts"
import * as Identity from "./Identity.ts"
import * as JobQueue from "./JobQueue.ts"
import * as JobRecords from "./JobRecords.ts"
import * as Jobs from "./Jobs.ts"
import { requireCurrent, status } from "./Migrations.ts"
import * as NodeAvVideos from "./NodeAvVideos.ts"
import * as ObjectStorage from "./ObjectStorage.ts"
import { OwnAddress } from "./OwnAddress.ts"
import * as Postgres from "./Postgres.ts"
import * as RateLimitStore from "./RateLimitStore.ts"
import { Settings } from "./Settings.ts"
import * as SharpImages from "./SharpImages.ts"

/** The domain services over a database, which is left open: tests give them one of their own. */
export const Services = stack(
  JobQueue.layer,
  Layer.mergeAll(Jobs.layer, JobRecords.layer, Uses.layerOf(uses), Wakeups.layer(consumers)),
  DomainsBelow,
  Erasures.layerOf(erasers, needs),
  accounts.layer
)

/** The database that the settings name. */
export const Infrastructure = Postgres.layer.pipe(
  Layer.provideMerge(Postgres.Database.layer),
  Layer.provideMerge(Settings.layer)
)

const Kept = Layer.effect(
  Retention,
  Effect.map(Settings, ({ guestCartDays, guestDataDays, orderAbandonedDays }) => ({
    guestDays: guestDataDays,
    guestCartDays,
    abandonedDays: orderAbandonedDays
  }))
)
const Expiring = Layer.effect(
  ExpiryDays,
  Effect.map(Settings, ({ orderExpiryDays }) => orderExpiryDays)
)
/** Where pictures and videos are. */
export const Objects = ObjectStorage.layer.pipe(Layer.provideMerge(OwnAddress.layer))

const Above = Layer.mergeAll(Services, RateLimitStore.layer).pipe(
  Layer.provideMerge(SharpImages.layer),
  Layer.provideMerge(NodeAvVideos.layer()),
  Layer.provideMerge(NodeServices.layer),
  Layer.provideMerge(Objects),
  Layer.provideMerge(Identity.layer),
  Layer.provide([Kept, Expiring])
)

/** Everything that the HTTP process runs on. */
export const App = Layer.provideMerge(Above, Infrastructure)

/** The same, once the schema is found to be that of this version: commands that do not migrate begin with that. */
export const CurrentApp = Layer.provideMerge(
  Above,
  Layer.provideMerge(Layer.effectDiscard(Effect.flatMap(status, requireCurrent)), Infrastructure)
)
