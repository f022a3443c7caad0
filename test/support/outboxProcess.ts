/** Emits and passes on until it has passed so many points; then it is killed where it stands. */
import { Effect, Layer, Redacted } from "effect"
import { pool } from "../../src/layers/Postgres.ts"
import { emitting, OutboxServices, passingOn } from "./outbox.ts"

const { DATABASE_URL = "", POINTS = "1", NAME = "" } = process.env

let left = Number(POINTS)
const point = () => {
  left -= 1
  if (left === 0) process.kill(process.pid, "SIGKILL")
}

const emitter = (lane: number) =>
  Effect.forever(
    Effect.suspend(() => {
      count += 1
      return emitting(point, NAME, count * 10 + lane)
    })
  )
let count = 0

const database = pool({ url: Redacted.make(DATABASE_URL), maxConnections: 6 })

await Effect.runPromise(
  Effect.all([passingOn(point), emitter(1), emitter(2)], { concurrency: "unbounded", discard: true }).pipe(
    Effect.provide(Layer.provideMerge(OutboxServices, database))
  )
)
