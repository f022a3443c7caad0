/**
 * The node:http server in front of the Effect application: what has to happen for every request, and hot pages, which
 * are answered here without entering the application.
 */

import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from "node:http"
import { type AddressInfo, Server, Socket } from "node:net"
import type { Duplex } from "node:stream"
import { Deferred, Effect, Schema } from "effect"
import { keptByNobody, revalidated } from "../api/caching.ts"
import type { AccessLog, Begun } from "./AccessLog.ts"
import { limitBodyPieces, limitBodyTime } from "./body.ts"
import { type ClientAddress, setClientAddress } from "./ClientAddress.ts"
import { idleConnections } from "./closing.ts"
import type { corsOf } from "./cors.ts"
import { faultOf } from "./door.ts"
import { entityTag, isNamedIn } from "./entityTag.ts"
import { type Failure, failures } from "./failures.ts"
import { type HotPage, type HotPages, pageCoding } from "./HotPages.ts"
import { afterAnswers, inTurn } from "./inTurn.ts"
import { failureOfParser, makeRefusals, originIn } from "./refusals.ts"
import { newRequestId } from "./requestId.ts"
import { limitUnread, silence } from "./unread.ts"
import { cuttingUnwritable } from "./unwritable.ts"

export class CannotListen extends Schema.TaggedError<CannotListen>()("CannotListen", { message: Schema.String }) {}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

type Options = {
  readonly host: string
  readonly port: number
  readonly handler: Handler
  readonly hotPages: HotPages["Service"]
  readonly accessLog: AccessLog
  readonly clientAddress: ClientAddress
  readonly securityHeaders: ReadonlyArray<readonly [string, string]>
  readonly cors: ReturnType<typeof corsOf>
  /** Told why an answer could not be written. */
  readonly onUnwritable: (error: unknown) => void
  /** Readiness says no from here on, so that a load balancer stops sending. */
  readonly onDrain: Effect.Effect<void>
  /** How long requests under way may take to end, in milliseconds. */
  readonly drainTimeout: number
}

const limits = {
  headersTimeout: 10_000,
  // The longest that any body may take, an upload from a slow phone; others have less (body.ts).
  requestTimeout: 20 * 60_000,
  keepAliveTimeout: 72_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16 * 1024,
  // Refused in an envelope instead.
  requireHostHeader: false
}

/** Looks of a drain, in milliseconds: connections are idle by the system's clock, whatever that of the application is. */
const closeEvery = 50

/** Before it: new connections are taken as long as some come, for a second at most. */
const backlogEvery = 20
const backlogLooks = 50

const requestIdPattern = /^[\w.:-]{1,64}$/

/** Listens, and on scope close drains: no new connection, requests under way finish, then the server ends. */
export const listen = Effect.fnUntraced(function* (options: Options) {
  const refusals = makeRefusals(options)
  const idleOnes = idleConnections()
  const answer = inTurn(makeOnRequest(options, refusals, idleOnes))
  const failed = new WeakSet<Duplex>()
  let draining = false
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    // The answer says that its connection ends with it.
    if (draining) response.shouldKeepAlive = false
    answer(request, response)
  }
  const server = createServer(limits, onRequest)
    .on("checkExpectation", onRequest)
    .on("connect", (_, socket) => {
      socket.on("error", () => socket.destroy())
      // node:http has let go of it, and of its clock.
      if (socket instanceof Socket) socket.setTimeout(silence, () => socket.destroy())
      afterAnswers(socket, () => refusals.refuseRaw(socket, failures.method))
    })
    .on("clientError", (error, socket) => {
      // node:http tells of each packet after the first that it could not read.
      if (failed.has(socket)) return
      failed.add(socket)
      const failure = failureOfParser(error)
      if (failure === undefined) return void socket.destroy()
      const origin = "rawPacket" in error ? originIn(error.rawPacket as Buffer) : undefined
      afterAnswers(socket, (answer) => {
        // After the beginning of an answer nothing can be said.
        if (answer?.headersSent === true) socket.destroy()
        else refusals.refuseRaw(socket, failure, origin)
      })
    })
  limitUnread(server)
  idleOnes.of(server)
  const idle = yield* Deferred.make<void>()
  yield* Effect.callback<void, CannotListen>((resume) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      resume(new CannotListen({ message: explain(error, options) }))
    )
    server.listen(options.port, options.host, () => resume(Effect.void))
  })
  yield* Effect.addFinalizer(() =>
    Effect.gen(function* () {
      draining = true
      yield* options.onDrain
      yield* lastOnes(server)
      // As node:net closes: that of node:http cuts off whom it takes for idle.
      Server.prototype.close.call(server, () => Deferred.doneUnsafe(idle, Effect.void))
      // A connection kept alive becomes idle when its request ends, which nothing tells.
      const closing = setInterval(() => setImmediate(idleOnes.close), closeEvery)
      yield* Effect.timeoutOption(Deferred.await(idle), options.drainTimeout)
      clearInterval(closing)
      server.closeAllConnections()
      yield* closed
      yield* options.accessLog.close
    })
  )
  return { port: (server.address() as AddressInfo).port }
})

/** The loop tells of closed connections at the end of a turn. */
const closed = Effect.callback<void>((resume) => {
  setImmediate(() => setImmediate(() => resume(Effect.void)))
})

/**
 * Who has connected and was not taken yet would be cut off: one a turn of the loop is, until no more come. A look counts
 * after a turn in which some could be taken, however long the one before it went on.
 */
const lastOnes = (server: HttpServer) =>
  Effect.callback<void>((resume) => {
    let came = 0
    let looks = 0
    server.on("connection", () => came++)
    const look = () => {
      const isOver = came === 0 || ++looks === backlogLooks
      came = 0
      if (!isOver) return
      clearInterval(timer)
      resume(Effect.void)
    }
    const timer = setInterval(() => setImmediate(look), backlogEvery)
  })

type Address = { readonly host: string; readonly port: number }

/** Says early what listening would say late, after the work that comes before it. */
export const checkPort = ({ host, port }: Address) =>
  Effect.callback<void, CannotListen>((resume) => {
    const probe = createServer()
    probe.once("error", (error: NodeJS.ErrnoException) =>
      resume(new CannotListen({ message: explain(error, { host, port }) }))
    )
    probe.listen(port, host, () => probe.close(() => resume(Effect.void)))
  })

const explain = (error: NodeJS.ErrnoException, { host, port }: Address) => {
  if (error.code === "EADDRINUSE")
    return `Port ${port} is taken. Stop the program that uses it, or set PORT to another one.`
  if (error.code === "EACCES") return `Port ${port} needs privileges. Set PORT to one above 1023.`
  if (error.code === "EADDRNOTAVAIL") return `HOST=${host} is not an address of this machine.`
  return `Cannot listen on ${host}:${port} (${error.code}).`
}

const makeOnRequest = (
  { handler, hotPages, accessLog, clientAddress, securityHeaders, cors, onUnwritable }: Options,
  { refuse, written }: ReturnType<typeof makeRefusals>,
  idleOnes: ReturnType<typeof idleConnections>
) => {
  const { headers: corsHeaders, vary } = cors()
  const everyHot = [...securityHeaders.flat(), ...corsHeaders, "vary", ["Accept-Encoding", ...vary].join(", ")]
  const hotHeaders = [...everyHot, "cache-control", revalidated]
  const personalHeaders = [...everyHot, "cache-control", keptByNobody]
  const enter = together(handler)
  const answer = (request: IncomingMessage, response: ServerResponse, page: HotPage, seen: Seen, begun: Begun) => {
    if (!response.destroyed) sendHot(response, page, seen, begun.requestId)
    idleOnes.answered(request, begun.startedAt)
    accessLog.line(request, response, begun)
  }
  const answerTogether = together(answer)
  const cutWhenUnwritable = cuttingUnwritable(onUnwritable)

  const sendHot = (response: ServerResponse, page: HotPage, seen: Seen, id: string) => {
    const coding = pageCoding(page, seen.acceptEncoding)
    const ours = seen.isPersonal ? personalHeaders : hotHeaders
    if (isNamedIn(seen.ifNoneMatch, page.tag)) {
      response.writeHead(304, ["x-request-id", id].concat(ours, "etag", entityTag(page.tag, coding)))
      return response.end()
    }
    const { bytes, headers } = hotPages.writtenIn(page, coding)
    response.writeHead(200, ["x-request-id", id].concat(ours, headers))
    response.end(bytes)
  }

  return (request: IncomingMessage, response: ServerResponse, hasWaited: boolean) => {
    const startedAt = performance.now()
    const page = request.method === "GET" ? hotPages.find(request.url ?? "", startedAt) : undefined
    const seen = headersSeen(request.rawHeaders)
    if (isLong(seen.acceptEncoding)) {
      delete request.headers["accept-encoding"]
      seen.acceptEncoding = undefined
    }
    const id = seen.requestId !== undefined && requestIdPattern.test(seen.requestId) ? seen.requestId : newRequestId()
    const address = clientAddress(request.socket.remoteAddress, seen.forwardedFor)
    const begun = { startedAt, requestId: id, address }
    if (page !== undefined && seen.hasHost && !seen.isUnusual) {
      // Who has sent several and then the end of all would lose what is answered after that is read.
      return (hasWaited ? answer : answerTogether)(request, response, page, seen, begun)
    }
    idleOnes.begun(request, response)
    cutWhenUnwritable(response)
    request.headers["x-request-id"] = id
    setClientAddress(request, address)
    response.once("close", () => accessLog.line(request, response, begun))
    for (const [name, value] of securityHeaders) response.setHeader(name, value)
    response.setHeader("x-request-id", id)
    const refusal = (failure: Failure) => () => (response.headersSent ? "" : written(failure, request.headers.origin))
    limitBodyPieces(request, refusal(failures.pieces))
    const failure = faultOf(request) ?? expectationOf(request)
    if (failure !== undefined) return refuse(request, response, failure, id)
    limitBodyTime(request, refusal(failures.timeout))
    enter(request, response)
  }
}

const expectationOf = ({ headers }: IncomingMessage) =>
  headers.expect === undefined || /^100-continue$/i.test(headers.expect) ? undefined : failures.expectation

type Seen = {
  requestId: string | undefined
  acceptEncoding: string | undefined
  forwardedFor: string | undefined
  ifNoneMatch: string | undefined
  /** It comes with a token: the answer is the same, and nobody keeps it. */
  isPersonal: boolean
  hasHost: boolean
  /** Its answer says which page may read it, or it has a body, an expectation or a long header: that is for the application. */
  isUnusual: boolean
}

const unusual = new Set(["origin", "expect", "content-length", "transfer-encoding"])

/** Most names are told apart by their length. */
const told = new Set([4, 6, 12, 13, 14, 15, 17])

/** What a hot page depends on, without node:http building an object of all headers first. */
const headersSeen = (raw: ReadonlyArray<string>) => {
  const seen: Seen = {
    requestId: undefined,
    acceptEncoding: undefined,
    ifNoneMatch: undefined,
    forwardedFor: undefined,
    isPersonal: false,
    hasHost: false,
    isUnusual: false
  }
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? ""
    if (!told.has(name.length)) continue
    const lower = name.toLowerCase()
    if (lower === "authorization" || lower === "x-order-token") seen.isPersonal = true
    else if (lower === "host") seen.hasHost = true
    else if (unusual.has(lower)) seen.isUnusual = true
    else if (lower === "x-request-id") seen.requestId = raw[i + 1]
    else if (lower === "accept-encoding") seen.acceptEncoding = joined(seen.acceptEncoding, raw[i + 1])
    else if (lower === "if-none-match") seen.ifNoneMatch = joined(seen.ifNoneMatch, raw[i + 1])
    else if (lower === "x-forwarded-for") seen.forwardedFor = joined(seen.forwardedFor, raw[i + 1])
  }
  if (isLong(seen.ifNoneMatch)) seen.isUnusual = true
  return seen
}

/** What is sent in several lines is one list, as node:http reads it too. */
const joined = (before: string | undefined, value: string | undefined) =>
  before === undefined ? value : `${before}, ${value}`

/**
 * Longer than any client's, and takes long to understand: no limit counts who is answered here, and the framework reads an
 * Accept-Encoding in a time that grows with the square of its blanks.
 */
const isLong = (value: string | undefined) => value !== undefined && value.length > 500

/**
 * What arrived in one turn of the event loop goes on together: statements then leave for PostgreSQL in one write, and who
 * reads answers finds several when it wakes.
 */
const together = <Arrived extends ReadonlyArray<unknown>>(goOn: (...arrived: Arrived) => void) => {
  let waiting: Array<Arrived> = []
  const all = () => {
    const arrived = waiting
    waiting = []
    for (const each of arrived) goOn(...each)
  }
  return (...arrived: Arrived) => {
    if (waiting.push(arrived) === 1) setImmediate(all)
  }
}
