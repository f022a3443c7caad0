import { domain } from "../domain.ts"
import { Wilayas } from "./Wilayas.ts"

export const delivery = domain({ name: "delivery", layer: Wilayas.layer })
