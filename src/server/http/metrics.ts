/** What a Prometheus server scrapes: the process's own counters, and how it stands with all processes' jobs and events. */
import { createHash, timingSafeEqual } from "node:crypto"
import { Effect, Option, Redacted, Schema } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { PrometheusMetrics } from "effect/observability"
import { Settings } from "../../layers/Settings.ts"
import { type ConsumerRecord, ConsumerRecords } from "../../services/events/ConsumerRecords.ts"
import { type JobBacklog, JobRecords } from "../../services/jobs/JobRecords.ts"
import { canonicalAddress, isInSomeOf } from "../../services/networks.ts"

export class MetricsRefused extends Schema.TaggedError<MetricsRefused>()("MetricsRefused", {}, { httpApiStatus: 401 }) {
  override get message() {
    return "Metrics are for this machine; from elsewhere send METRICS_TOKEN: Authorization: Bearer <token>."
  }
}

const isOfThisMachine = isInSomeOf(["127.0.0.0/8", "::1"])

/** A proxy on this machine speaks for others, whether it is trusted to say for whom or not. */
const forwarding = ["x-forwarded-for", "forwarded", "x-real-ip", "via"]

const isLocal = ({ headers, remoteAddress }: HttpServerRequest.HttpServerRequest) => {
  if (forwarding.some((name) => headers[name] !== undefined)) return false
  const address = canonicalAddress(Option.getOrElse(remoteAddress, () => ""))
  return address !== undefined && isOfThisMachine(address)
}

const digest = (text: string) => createHash("sha256").update(text).digest()

const hasToken = (authorization: string | undefined, token: Redacted.Redacted | undefined) =>
  authorization !== undefined &&
  token !== undefined &&
  timingSafeEqual(digest(authorization.replace(/^bearer +/i, "")), digest(Redacted.value(token)))

const gauge = <A>(
  name: string,
  help: string,
  all: ReadonlyArray<A>,
  label: (each: A) => readonly [name: string, value: string],
  read: (each: A) => number
) =>
  [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...all.map((each) => {
      const [key, value] = label(each)
      return `${name}{${key}="${value.replace(/[\\"\n]/g, "_")}"} ${read(each)}`
    })
  ].join("\n")

const jobMetrics = (backlog: ReadonlyArray<JobBacklog>) => {
  const ofKind = (name: string, help: string, read: (backlog: JobBacklog) => number) =>
    gauge(name, help, backlog, ({ kind }) => ["kind", kind], read)
  return [
    ofKind("zst_jobs_dead", "Jobs that failed for the last time", ({ failed }) => failed),
    ofKind("zst_jobs_waiting", "Jobs that are due and that nobody does yet", ({ waiting }) => waiting),
    ofKind("zst_jobs_oldest_waiting_seconds", "How long the oldest waiting job has been due", ({ oldest_seconds }) =>
      Math.max(0, oldest_seconds)
    )
  ].join("\n")
}

const eventMetrics = (consumers: ReadonlyArray<ConsumerRecord>) => {
  const ofConsumer = (name: string, help: string, read: (record: ConsumerRecord) => number) =>
    gauge(name, help, consumers, ({ name }) => ["consumer", name], read)
  return [
    ofConsumer(
      "zst_event_consumer_behind",
      "Events to read, among the next 100,000 of the log",
      ({ behind }) => behind
    ),
    ofConsumer(
      "zst_event_consumer_lag_seconds",
      "How long the first event to read has been there",
      (record) => record.lag_seconds
    ),
    ofConsumer("zst_event_consumer_failures", "How often in a row it failed at one event", ({ failures }) => failures)
  ].join("\n")
}

export const metrics = HttpRouter.route(
  "GET",
  "/metrics",
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const { metricsToken } = yield* Settings
    if (!isLocal(request) && !hasToken(request.headers.authorization, metricsToken)) return yield* new MetricsRefused()
    const records = yield* JobRecords
    const consumers = yield* ConsumerRecords.use(({ list }) => list)
    const own = yield* PrometheusMetrics.format()
    const text = [jobMetrics(yield* records.backlog), eventMetrics(consumers), own].join("\n")
    return HttpServerResponse.text(text, {
      contentType: "text/plain; version=0.0.4; charset=utf-8",
      headers: { "cache-control": "no-store" }
    })
  })
)
