/** What a Prometheus server scrapes: the process's own counters, and how it stands with the jobs of all processes. */
import { createHash, timingSafeEqual } from "node:crypto"
import { Effect, Option, Redacted, Schema } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { PrometheusMetrics } from "effect/observability"
import { Settings } from "../../layers/Settings.ts"
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

const gauge = (name: string, help: string, backlog: ReadonlyArray<JobBacklog>, read: (backlog: JobBacklog) => number) =>
  [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...backlog.map((each) => `${name}{kind="${each.kind.replace(/[\\"\n]/g, "_")}"} ${read(each)}`)
  ].join("\n")

const jobMetrics = (backlog: ReadonlyArray<JobBacklog>) =>
  [
    gauge("zst_jobs_dead", "Jobs that failed for the last time", backlog, ({ failed }) => failed),
    gauge("zst_jobs_waiting", "Jobs that are due and that nobody does yet", backlog, ({ waiting }) => waiting),
    gauge(
      "zst_jobs_oldest_waiting_seconds",
      "How long the oldest waiting job has been due",
      backlog,
      ({ oldest_seconds }) => Math.max(0, oldest_seconds)
    )
  ].join("\n")

export const metrics = HttpRouter.route(
  "GET",
  "/metrics",
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const { metricsToken } = yield* Settings
    if (!isLocal(request) && !hasToken(request.headers.authorization, metricsToken)) return yield* new MetricsRefused()
    const records = yield* JobRecords
    const text = `${jobMetrics(yield* records.backlog)}\n${yield* PrometheusMetrics.format()}`
    return HttpServerResponse.text(text, {
      contentType: "text/plain; version=0.0.4; charset=utf-8",
      headers: { "cache-control": "no-store" }
    })
  })
)
