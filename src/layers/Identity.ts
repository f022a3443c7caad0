import { Effect, Layer } from "effect"
import { Tokens } from "../services/auth/Tokens.ts"
import * as Clerk from "./Clerk.ts"
import * as ClerkProfiles from "./ClerkProfiles.ts"
import * as ClerkWebhooks from "./ClerkWebhooks.ts"
import * as DevIssuer from "./DevIssuer.ts"
import { OnlyReading } from "./OnlyReading.ts"
import { Settings } from "./Settings.ts"

type Values = Settings["Service"]

/** Clerk when a key of it is set, else the development issuer. Webhooks need their secret alone. */
export const layer = Layer.unwrap(
  Effect.gen(function* () {
    const settings = yield* Settings
    const verifying = (yield* OnlyReading) ? nobodys : tokens(settings)
    return Layer.mergeAll(verifying, profiles(settings), ClerkWebhooks.layer(settings.clerkWebhookSecret))
  })
)

/** The development issuer makes its key as it is loaded, and whoever only reads is sent no tokens. */
const nobodys = Layer.succeed(Tokens, { verify: () => Effect.die("A process that only reads takes no tokens") })

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
