/** Pictures and their store for tests of services: the real ones, on a disk of their own. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import * as DiskObjects from "../../src/layers/DiskObjects.ts"
import * as NodeAvVideos from "../../src/layers/NodeAvVideos.ts"
import { OwnAddress } from "../../src/layers/OwnAddress.ts"
import * as SharpImages from "../../src/layers/SharpImages.ts"

const temporary = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "zst-media-"))),
  (directory) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
)

const Address = Layer.succeed(OwnAddress, { origin: () => "http://localhost:3000", listensOn: () => undefined })

export const mediaIn = (dataDir: string) =>
  DiskObjects.layer(dataDir).pipe(
    Layer.provide(Address),
    Layer.merge(SharpImages.layer),
    Layer.merge(NodeAvVideos.layer()),
    Layer.merge(NodeServices.layer)
  )

export const TestMedia = Layer.unwrap(Effect.map(temporary, mediaIn))
