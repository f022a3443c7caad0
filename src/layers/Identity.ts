import { Effect, Layer } from "effect"
import * as Clerk from "./Clerk.ts"
import * as ClerkProfiles from "./ClerkProfiles.ts"
import * as ClerkWebhooks from "./ClerkWebhooks.ts"
import * as DevIssuer from "./DevIssuer.ts"
import { Settings } from "./Settings.ts"

type Values = Settings["Service"]

/** Clerk when a key of it is set, else the development issuer. Webhooks need their secret alone. */
export const layer = Layer.unwrap(
  Effect.map(Settings, (settings) =>
    Layer.mergeAll(tokens(settings), profiles(settings), ClerkWebhooks.layer(settings.clerkWebhookSecret))
  )
)

const apiOf = ({ clerkApiUrl, clerkSecretKey }: Values) =>
  clerkSecretKey && { url: clerkApiUrl, secretKey: clerkSecretKey }

const tokens = (settings: Values) => {
  const api = apiOf(settings)
  const policy = {
    issuer: settings.clerkIssuer,
    authorizedParties: settings.clerkAuthorizedParties,
    allowMissingAzp: settings.clerkAllowMissingAzp
  }
  if (settings.clerkJwtKey !== undefined) return Clerk.layer({ ...policy, jwtKey: settings.clerkJwtKey })
  return api ? Clerk.layerRemote({ ...policy, api }) : DevIssuer.layer(settings.dataDir)
}

const profiles = (settings: Values) => {
  const api = apiOf(settings)
  return api ? ClerkProfiles.layer(api) : Layer.empty
}
