/** kill -9 of the worker in the middle of a video: the next one does it, once in effect, and no process is left behind. */
import { readdirSync } from "node:fs"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import { assert, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import * as DevIssuer from "../../src/layers/DevIssuer.ts"
import * as DiskObjects from "../../src/layers/DiskObjects.ts"
import { lockSeconds } from "../../src/layers/JobQueue.ts"
import { pool } from "../../src/layers/Postgres.ts"
import { makeClip } from "../support/clips.ts"
import { freshDatabase } from "../support/database.ts"
import { eventually } from "../support/eventually.ts"
import { spawnServer, spawnZst } from "../support/process.ts"
import { upload } from "../support/upload.ts"

const temporary = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "zst-media-kill-"))),
  (directory) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
)

const keysBelow = (root: string) =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replace(/@object$/, ""))
    .filter((key) => !key.startsWith("@"))

type Row = { readonly status: string; readonly progress: number; readonly keys: ReadonlyArray<string> }

it.live(
  "a worker that is killed in the middle of a video leaves the work to the next, which does it once",
  () =>
    Effect.gen(function* () {
      const url = yield* freshDatabase
      const ZST_DATA_DIR = yield* temporary
      const server = yield* spawnServer(url, { ZST_DATA_DIR, JOBS: "off", LOG_LEVEL: "Error" })
      const issuer = yield* Effect.orDie(DevIssuer.load(ZST_DATA_DIR))
      const token = yield* issuer.sign({ sub: "user_films" })
      const file = join(ZST_DATA_DIR, "clip.mp4")
      yield* Effect.promise(() => makeClip(file, { width: 720, height: 1280, seconds: 8, sound: true }))
      const { raw, headers } = upload(yield* Effect.promise(() => readFile(file)))
      const sent = yield* Effect.promise(async () => {
        const response = await fetch(`${server.url}/api/v1/media`, {
          method: "POST",
          headers: { ...headers, authorization: `Bearer ${token}` },
          body: new Uint8Array(raw)
        })
        return { status: response.status, text: await response.text() }
      })
      assert.strictEqual(sent.status, 201, sent.text)

      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const media = Effect.map(
          sql<Row>`SELECT status, progress, ARRAY(SELECT r ->> 'key' FROM jsonb_array_elements(renditions) r) AS keys
            FROM media WHERE kind = 'video'`,
          ([row]) => row
        )
        const worker = spawnZst(["work"], {
          DATABASE_URL: url,
          ZST_DATA_DIR,
          LOG_LEVEL: "Error"
        })
        const first = yield* worker
        const midway = yield* eventually(media, (row) => row?.status !== "processing" || row.progress > 0)
        assert.strictEqual(midway?.status, "processing", first.output())
        first.child.kill("SIGKILL")
        yield* first.exited
        yield* sql`UPDATE jobs SET acquired_at = acquired_at - make_interval(secs => ${lockSeconds})`
        yield* worker
        const row = yield* eventually(media, (each) => each?.status !== "processing")
        assert.deepStrictEqual([row?.status, row?.progress, row?.keys.length], ["ready", 100, 3])
        const [job] = yield* sql`SELECT state, attempts FROM jobs WHERE queue_name = 'media.process'`
        assert.deepInclude(job, { attempts: 2 })
        // What was written down of objects that nobody finished is done, and takes nothing that a row names.
        yield* sql`UPDATE jobs SET visible_at = now() WHERE queue_name = 'media.remove'`
        const removals = sql`SELECT FROM jobs WHERE queue_name = 'media.remove' AND state = 'pending'`
        yield* eventually(removals, ({ length }) => length === 0)
        const [named] = yield* sql<{ keys: ReadonlyArray<string> }>`SELECT ARRAY(
          SELECT r ->> 'key' FROM media m, jsonb_array_elements(m.renditions) r UNION SELECT key FROM media) AS keys`
        assert.sameMembers(keysBelow(DiskObjects.objectsIn(ZST_DATA_DIR)), [...(named?.keys ?? [])])
      }).pipe(Effect.provide(pool({ url: Redacted.make(url), maxConnections: 2 })))
    }).pipe(Effect.scoped),
  120_000
)
