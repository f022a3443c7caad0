import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { ShopClosed } from "../../services/auth/errors.ts"
import { OutOfStock, SkuNotFound, VariantRequired } from "../../services/catalog/errors.ts"
import { Adjustment, AdjustStock, ListMovements, StockMovement } from "../../services/catalog/inventoryModel.ts"
import { Forbidden, ValidationFailed } from "../../services/errors.ts"
import { SignedIn } from "../middleware/Authentication.ts"
import { Idempotent } from "../middleware/Idempotent.ts"
import { createdOf, pageOf } from "./envelope.ts"

const adjustStock = HttpApiEndpoint.post("adjustStock", "/seller/inventory/adjust", {
  payload: AdjustStock,
  success: createdOf(Adjustment),
  error: [Forbidden, ShopClosed, SkuNotFound, VariantRequired, OutOfStock, ValidationFailed]
})
  .annotate(OpenApi.Summary, "Add to a stock or take from it, and say why; never below nothing")
  .middleware(Idempotent)

const listMovements = HttpApiEndpoint.get("listMovements", "/seller/inventory/movements", {
  query: ListMovements,
  success: pageOf(StockMovement),
  error: [Forbidden, ValidationFailed]
}).annotate(OpenApi.Summary, "How the stock of the caller's products moved, the newest first")

export const InventoryApi = HttpApiGroup.make("inventory")
  .add(adjustStock, listMovements)
  .middleware(SignedIn)
  .annotate(OpenApi.Title, "Inventory")
