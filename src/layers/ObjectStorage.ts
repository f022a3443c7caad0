import { Effect, Layer } from "effect"
import * as DiskObjects from "./DiskObjects.ts"
import { Settings } from "./Settings.ts"

export const layer = Layer.unwrap(Effect.map(Settings, ({ dataDir }) => DiskObjects.layer(dataDir)))
