import { spawn } from "node:child_process"
import { join } from "node:path"
import { Effect, Redacted } from "effect"
import { temporaryDirectory } from "./directory.ts"

export const bucket = "zst-test"

/** The ones that s3rver knows. */
const credentials = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" }

/** It seals the addresses of further pages with DES. */
const flags = ["--no-deprecation", "--openssl-legacy-provider"]

/** A real S3 server process with one bucket, in a directory of its own, for this scope. */
export const s3Server = Effect.gen(function* () {
  const directory = yield* temporaryDirectory("zst-s3-")
  const args = [directory, bucket, credentials.accessKeyId, credentials.secretAccessKey]
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [...flags, join(import.meta.dirname, "s3Process.ts"), ...args], {
        stdio: ["pipe", "pipe", "pipe"]
      })
    ),
    (running) => Effect.sync(() => running.kill("SIGKILL"))
  )
  const port = yield* Effect.callback<number>((resume) => {
    let output = ""
    child.stderr.on("data", (chunk) => {
      output += chunk
    })
    child.stdout.on("data", (chunk) => resume(Effect.succeed(Number(chunk))))
    child.once("exit", () => resume(Effect.die(`The S3 server ended:\n${output}`)))
  })
  const url = `http://127.0.0.1:${port}`
  const settings = {
    endpoint: url,
    region: "auto",
    bucket,
    accessKeyId: Redacted.make(credentials.accessKeyId),
    secretAccessKey: Redacted.make(credentials.secretAccessKey),
    publicUrl: `${url}/${bucket}`
  }
  const environment = {
    S3_ENDPOINT: url,
    S3_BUCKET: bucket,
    S3_ACCESS_KEY_ID: credentials.accessKeyId,
    S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    S3_PUBLIC_URL: settings.publicUrl
  }
  return { directory, settings, environment }
})

/** What a production server needs to start: a store that is not asked for anything. */
export const unusedS3 = {
  S3_ENDPOINT: "http://127.0.0.1:9",
  S3_BUCKET: "media",
  S3_ACCESS_KEY_ID: "hunter2keyid",
  S3_SECRET_ACCESS_KEY: "hunter2s3secret",
  S3_PUBLIC_URL: "https://media.example.dz"
}
