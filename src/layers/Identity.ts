import { Effect, Layer, Option } from "effect"
import * as Clerk from "./Clerk.ts"
import * as DevIssuer from "./DevIssuer.ts"
import { Settings } from "./Settings.ts"

/** Clerk's key when it is set, else the development issuer. */
export const layer = Layer.unwrap(
  Effect.map(Settings, (settings) =>
    settings.clerkJwtKey === undefined
      ? DevIssuer.layer(settings.dataDir)
      : Clerk.layer({
          jwtKey: settings.clerkJwtKey,
          issuer: Option.getOrUndefined(settings.clerkIssuer),
          authorizedParties: settings.clerkAuthorizedParties,
          allowMissingAzp: settings.clerkAllowMissingAzp
        })
  )
)
