import { Layer } from "effect"
import { domain } from "../domain.ts"
import { Territory } from "./Territory.ts"
import { Wilayas } from "./Wilayas.ts"

export const delivery = domain({ name: "delivery", layer: Layer.mergeAll(Wilayas.layer, Territory.layer) })
