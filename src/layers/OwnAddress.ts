import { Context, Effect, Layer } from "effect"
import { Settings } from "./Settings.ts"

const everywhere = new Set(["127.0.0.1", "0.0.0.0", "::", "::1", "localhost"])

export const urlOf = (host: string, port: number) => {
  const name = everywhere.has(host) ? "localhost" : host.includes(":") ? `[${host}]` : host
  return `http://${name}:${port}`
}

/** Where clients reach this server: `PUBLIC_URL`, else where it listens. */
export class OwnAddress extends Context.Service<
  OwnAddress,
  {
    readonly origin: () => string
    /** Told by the listener: with port 0 the settings do not say it. */
    readonly listensOn: (port: number) => void
  }
>()("zst/OwnAddress") {
  static readonly layer = Layer.effect(
    OwnAddress,
    Effect.map(Settings, ({ publicUrl, host, port }) => {
      let listening = port
      return OwnAddress.of({
        origin: () => publicUrl ?? urlOf(host, listening),
        listensOn: (actual) => {
          listening = actual
        }
      })
    })
  )
}
