import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { ShopClosed } from "../../services/auth/errors.ts"
import { ProductNotFound } from "../../services/catalog/errors.ts"
import { Category, ListedProduct, OwnProduct, Product, Removal } from "../../services/catalog/model.ts"
import {
  CreateProduct,
  ListOwnProducts,
  ListProducts,
  SearchProducts,
  UpdateProduct
} from "../../services/catalog/requests.ts"
import { SetVariants } from "../../services/catalog/skuModel.ts"
import { Forbidden, ValidationFailed } from "../../services/errors.ts"
import { PreconditionFailed, PreconditionRequired } from "../../services/precondition.ts"
import { MaybeSignedIn, SignedIn } from "../middleware/Authentication.ts"
import { Idempotent } from "../middleware/Idempotent.ts"
import { KeptPages } from "../middleware/KeptPages.ts"
import { Limits } from "../middleware/limits.ts"
import { keptFor, revalidated, SharedCache } from "./caching.ts"
import { createdOf, dataOf, foundOf, pageOf } from "./envelope.ts"
import { ifMatch } from "./ifMatch.ts"

const id = { id: Schema.String }

const listCategories = HttpApiEndpoint.get("listCategories", "/categories", {
  success: dataOf(Schema.Array(Category))
})
  .annotate(OpenApi.Summary, "The category tree, with French and Arabic labels")
  .annotate(SharedCache, keptFor(300))

const listProducts = HttpApiEndpoint.get("listProducts", "/products", {
  query: ListProducts,
  success: pageOf(ListedProduct),
  error: ValidationFailed
})
  .annotate(OpenApi.Summary, "The public catalogue, filtered and sorted")
  .annotate(SharedCache, revalidated)
  .middleware(KeptPages)

const searchProducts = HttpApiEndpoint.get("searchProducts", "/products/search", {
  query: SearchProducts,
  success: foundOf(ListedProduct),
  error: ValidationFailed
})
  .annotate(OpenApi.Summary, "The public catalogue, searched; what it was searched for is in meta.query")
  .annotate(SharedCache, revalidated)
  .middleware(KeptPages)

const getProduct = HttpApiEndpoint.get("getProduct", "/products/:id", {
  params: id,
  success: dataOf(Product),
  error: ProductNotFound
})
  .annotate(OpenApi.Summary, "One product, by id or slug")
  .annotate(SharedCache, revalidated)
  .middleware(MaybeSignedIn)

const createProduct = HttpApiEndpoint.post("createProduct", "/products", {
  payload: CreateProduct,
  success: createdOf(Product),
  error: [Forbidden, ShopClosed, ValidationFailed]
})
  .annotate(OpenApi.Summary, "Add a product; a name and a price are enough")
  .middleware(Idempotent)
  .middleware(SignedIn)

const updateProduct = HttpApiEndpoint.patch("updateProduct", "/products/:id", {
  params: id,
  headers: ifMatch,
  payload: UpdateProduct,
  success: dataOf(Product),
  error: [ProductNotFound, ShopClosed, PreconditionFailed, PreconditionRequired, ValidationFailed]
})
  .annotate(Limits, ["product-changes"])
  .annotate(OpenApi.Summary, "Change a product; what is not sent stays")
  .middleware(SignedIn)

const setVariants = HttpApiEndpoint.put("setVariants", "/products/:id/variants", {
  params: id,
  headers: ifMatch,
  payload: SetVariants,
  success: dataOf(Product),
  error: [ProductNotFound, ShopClosed, PreconditionFailed, PreconditionRequired, ValidationFailed]
})
  .annotate(Limits, ["product-changes"])
  .annotate(OpenApi.Summary, "Set all variants of a product; those that are left out are for sale no longer")
  .middleware(SignedIn)

const deleteProduct = HttpApiEndpoint.delete("deleteProduct", "/products/:id", {
  params: id,
  success: dataOf(Removal),
  error: [ProductNotFound, ShopClosed]
})
  .annotate(Limits, ["product-changes"])
  .annotate(OpenApi.Summary, "Delete a product, or archive it when it was ordered")
  .middleware(SignedIn)

const listOwnProducts = HttpApiEndpoint.get("listOwnProducts", "/seller/products", {
  query: ListOwnProducts,
  success: pageOf(OwnProduct),
  error: [Forbidden, ValidationFailed]
})
  .annotate(OpenApi.Summary, "The caller's own products, drafts included, with what each has sold")
  .middleware(SignedIn)

export const CatalogApi = HttpApiGroup.make("catalog")
  .add(
    listCategories,
    listProducts,
    searchProducts,
    getProduct,
    createProduct,
    updateProduct,
    setVariants,
    deleteProduct,
    listOwnProducts
  )
  .annotate(OpenApi.Title, "Catalogue")
