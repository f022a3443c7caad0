import { connect, type NetConnectOpts, type Socket } from "node:net"
import { Duplex } from "node:stream"
import { Duration, Redacted } from "effect"
import { decodedOf } from "./urlFault.ts"

/** How long a connection is unused until it is asked whether somebody is there. */
const keepAliveInitialDelay = 10_000

/**
 * Opens connections to a database that are given up when what was sent is not answered for so long: the system itself
 * waits a quarter of an hour for a peer that is gone.
 */
export const socketsTo = (url: Redacted.Redacted, longest: Duration.Duration) => {
  const { target, isEncrypted } = whereIs(Redacted.value(url))
  const options = { ...target, noDelay: true, keepAlive: true, keepAliveInitialDelay }
  return (): Duplex => {
    const opened = isEncrypted ? connect(options) : sparing(options)
    const socket = watched(opened, Duration.toMillis(longest))
    return isEncrypted ? passingOn(socket) : socket
  }
}

const received = Buffer.allocUnsafeSlow(64 * 1024)

/** All of them read into the same bytes, which the driver copies as soon as it is told of them. */
const sparing = (options: NetConnectOpts) => {
  const callback = (length: number, bytes: Uint8Array) => socket.emit("data", bytes.subarray(0, length))
  const socket: Socket = connect({ ...options, onread: { buffer: received, callback } })
  return socket
}

type Target = { readonly path: string } | { readonly host: string; readonly port: number }

/** As the driver reads it. */
export const whereIs = (url: string): { readonly target: Target; readonly isEncrypted: boolean } => {
  const { hostname, port: named, searchParams } = new URL(url)
  const host = searchParams.get("host") ?? (decodedOf(hostname.replace(/^\[|\]$/g, "")) || "localhost")
  const port = Number(searchParams.get("port") ?? (named || "5432"))
  return {
    target: host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port },
    isEncrypted: !["disable", null].includes(searchParams.get("sslmode"))
  }
}

/** How often in that time it is looked. */
const looks = 8

/** The socket's own timeout begins anew with everything that is sent, and who asks often enough would wait for ever. */
const watched = (socket: Socket, longest: number) => {
  let answered = 0
  let silent = 0
  const look = () => {
    silent = socket.bytesWritten > answered ? silent + 1 : 0
    if (silent > looks) socket.destroy(new Error("PostgreSQL did not answer in time"))
  }
  const timer = setInterval(look, longest / looks).unref()
  return socket
    .on("data", () => {
      answered = socket.bytesWritten
      silent = 0
    })
    .once("close", () => clearInterval(timer))
}

/** TLS reads and writes past a socket that is given to it: through this nothing goes past. */
const passingOn = (socket: Socket) => {
  const outer = new Duplex({
    read: () => {
      socket.resume()
    },
    write: (chunk, encoding, done) => {
      socket.write(chunk, encoding, done)
    },
    final: (done) => {
      socket.end(done)
    },
    destroy: (error, done) => {
      socket.destroy()
      done(error)
    }
  })
  socket
    .on("data", (chunk) => {
      if (!outer.push(chunk)) socket.pause()
    })
    .on("end", () => outer.push(null))
    .on("error", (error) => outer.destroy(error))
    .on("close", () => outer.destroy())
  return outer
}
