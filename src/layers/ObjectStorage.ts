import { Effect, Layer } from "effect"
import * as DiskObjects from "./DiskObjects.ts"
import * as S3Objects from "./S3Objects.ts"
import { Settings } from "./Settings.ts"

/** S3 when its settings are there, else files under the data directory. */
export const layer = Layer.unwrap(
  Effect.map(Settings, ({ s3, dataDir }) => (s3 === undefined ? DiskObjects.layer(dataDir) : S3Objects.layer(s3)))
)
