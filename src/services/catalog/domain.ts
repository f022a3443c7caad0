import { Effect, Layer } from "effect"
import { domain, stack } from "../domain.ts"
import { schedule } from "../jobs/schedule.ts"
import { Categories } from "./Categories.ts"
import { eraseProducts } from "./eraseProducts.ts"
import * as events from "./events.ts"
import { Freshness } from "./Freshness.ts"
import { Inventory } from "./Inventory.ts"
import { keepWords, productWords } from "./jobs.ts"
import { limits } from "./limits.ts"
import { ProductImages } from "./ProductImages.ts"
import { ProductLists } from "./ProductLists.ts"
import { Products } from "./Products.ts"
import { ShopProducts } from "./ShopProducts.ts"
import { Variants } from "./Variants.ts"

export const catalog = domain({
  name: "catalog",
  layer: stack(
    Freshness.layer,
    Layer.mergeAll(Categories.layer, ShopProducts.layer),
    Layer.mergeAll(Products.layer, ProductLists.layer, ProductImages.layer, Variants.layer, Inventory.layer)
  ),
  jobs: Effect.all([keepWords]),
  schedules: [schedule(productWords, "*/10 * * * *")],
  events: Object.values(events),
  people: { "products.seller_id": "anonymised", "stock_movements.actor_id": "anonymised" },
  erase: eraseProducts,
  limits,
  uses: { media: ["product_images.media_id", "products.image_media_id"] }
})
