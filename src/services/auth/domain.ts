import { domain, stack } from "../domain.ts"
import { People } from "./People.ts"
import { Users } from "./Users.ts"

export const auth = domain({ name: "auth", layer: stack(People.layer, Users.layer) })
