import { NodeServices } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import { RateLimiter } from "effect/persistence"
import { Accounts } from "../services/accounts/Accounts.ts"
import { Departures } from "../services/accounts/Departures.ts"
import { Addresses } from "../services/addresses/Addresses.ts"
import { Audit } from "../services/audit/Audit.ts"
import { Avatars } from "../services/auth/Avatars.ts"
import { ClerkEvents } from "../services/auth/ClerkEvents.ts"
import { Users } from "../services/auth/Users.ts"
import { Carts } from "../services/cart/Carts.ts"
import { Categories } from "../services/catalog/Categories.ts"
import { Freshness } from "../services/catalog/Freshness.ts"
import { ProductImages } from "../services/catalog/ProductImages.ts"
import { ProductLists } from "../services/catalog/ProductLists.ts"
import { Products } from "../services/catalog/Products.ts"
import { Storefronts } from "../services/catalog/Storefronts.ts"
import { Wilayas } from "../services/delivery/Wilayas.ts"
import { ConsumerRecords } from "../services/events/ConsumerRecords.ts"
import { Events } from "../services/events/Events.ts"
import { Wakeups } from "../services/events/Wakeups.ts"
import { IdempotencyKeys } from "../services/idempotency/IdempotencyKeys.ts"
import { Inbox } from "../services/jobs/Inbox.ts"
import { Collector } from "../services/media/Collector.ts"
import { MediaFiles } from "../services/media/MediaFiles.ts"
import { Pictures } from "../services/media/Pictures.ts"
import { PushTokens } from "../services/notifications/PushTokens.ts"
import { Checkout } from "../services/orders/Checkout.ts"
import { Movements } from "../services/orders/Movements.ts"
import { Orders } from "../services/orders/Orders.ts"
import { SellerOrders } from "../services/orders/SellerOrders.ts"
import { Applications } from "../services/sellers/Applications.ts"
import { Logos } from "../services/sellers/Logos.ts"
import { Sellers } from "../services/sellers/Sellers.ts"
import { Shops } from "../services/sellers/Shops.ts"
import { consumers } from "./Background.ts"
import * as Identity from "./Identity.ts"

import * as JobQueue from "./JobQueue.ts"
import * as JobRecords from "./JobRecords.ts"
import * as Jobs from "./Jobs.ts"
import * as NodeAvVideos from "./NodeAvVideos.ts"
import * as ObjectStorage from "./ObjectStorage.ts"
import { OwnAddress } from "./OwnAddress.ts"

import * as Postgres from "./Postgres.ts"
import * as RateLimitStore from "./RateLimitStore.ts"
import { Settings } from "./Settings.ts"
import * as SharpImages from "./SharpImages.ts"

/** The domain services over a database, which is left open: tests give them one of their own. */
export const Services = Layer.mergeAll(
  Users.layer,
  Accounts.layer,
  Departures.layer,
  Applications.layer,
  Wilayas.layer,
  Shops.layer,
  ClerkEvents.layer,
  Products.layer,
  ProductLists.layer,
  ProductImages.layer,
  Logos.layer,
  Checkout.layer,
  Orders.layer,
  SellerOrders.layer,
  IdempotencyKeys.layer
).pipe(
  Layer.provideMerge(Carts.layer),
  Layer.provideMerge(Addresses.layer),
  Layer.provideMerge(PushTokens.layer),
  Layer.provideMerge(Movements.layer),
  Layer.provideMerge(Categories.layer),
  Layer.provideMerge(Collector.layer),
  Layer.provideMerge(MediaFiles.layer),
  Layer.provideMerge(Avatars.layer),
  Layer.provideMerge(Pictures.layer),
  Layer.provideMerge(Storefronts.layer),
  Layer.provideMerge(Sellers.layer),
  Layer.provideMerge(Freshness.layer),
  Layer.provideMerge(Events.layer),
  Layer.provideMerge(ConsumerRecords.layer),
  Layer.provideMerge(Audit.layer),
  Layer.provideMerge(Wakeups.layer(consumers)),
  Layer.provideMerge(Inbox.layer),
  Layer.provideMerge(Jobs.layer),
  Layer.provideMerge(JobRecords.layer),
  Layer.provideMerge(JobQueue.layer)
)

/** The database that the settings name. */
export const Infrastructure = Postgres.layer.pipe(
  Layer.provideMerge(Postgres.Database.layer),
  Layer.provideMerge(Settings.layer)
)

const RateLimits = RateLimiter.layer.pipe(Layer.provide(RateLimitStore.layer))

const JobLock = Layer.effect(
  JobQueue.JobLockSeconds,
  Effect.map(Settings, ({ jobLockSeconds }) => jobLockSeconds)
)
/** Where pictures and videos are. */
export const Objects = ObjectStorage.layer.pipe(Layer.provideMerge(OwnAddress.layer))

/** Everything that the HTTP process and the commands run on. */
export const App = Layer.mergeAll(Services, RateLimits).pipe(
  Layer.provideMerge(SharpImages.layer),
  Layer.provideMerge(NodeAvVideos.layer()),
  Layer.provideMerge(NodeServices.layer),
  Layer.provideMerge(Objects),
  Layer.provideMerge(Identity.layer),
  Layer.provide(JobLock),
  Layer.provideMerge(Infrastructure)
)
