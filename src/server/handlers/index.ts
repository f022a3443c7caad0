import { Layer } from "effect"
import { CatalogHandlers } from "./catalog.ts"
import { UsersHandlers } from "./users.ts"

export const Handlers = Layer.mergeAll(CatalogHandlers, UsersHandlers)
