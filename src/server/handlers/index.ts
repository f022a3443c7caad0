import { Layer } from "effect"
import { CartHandlers } from "./cart.ts"
import { CatalogHandlers } from "./catalog.ts"
import { UsersHandlers } from "./users.ts"

export const Handlers = Layer.mergeAll(CatalogHandlers, UsersHandlers, CartHandlers)
