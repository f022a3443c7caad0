/** Closes what is idle, and nothing else: node:http takes an answer for sent that still waits for a slow client. */
import type { IncomingMessage, Server, ServerResponse } from "node:http"
import type { Socket } from "node:net"

type Held = {
  /** Requests whose answers the system has not taken whole. */
  answering: number
  /** How much had been read when the last of them was answered: more is the beginning of a request. */
  read: number
  /** Whether that was found; and when, or when the last answer was taken. */
  begins: boolean
  since: number
}

/**
 * Who has asked a moment ago asks again, and is told then that the connection ends: closed meanwhile, it would lose that
 * request. What begins a request and does not go on is given up later, bare line ends among it. In milliseconds.
 */
const patience = { idle: 500, begun: 5000 }

export const idleConnections = () => {
  const all = new Map<Socket, Held>()

  function ended(this: ServerResponse) {
    const { socket } = this.req
    const held = all.get(socket)
    if (held === undefined) return
    held.answering--
    held.read = socket.bytesRead
    held.since = performance.now()
  }

  return {
    /** To be called before the server listens. */
    of: (server: Server) => {
      server.on("connection", (socket: Socket) => {
        all.set(socket, { answering: 0, read: 0, begins: false, since: performance.now() })
        socket.once("close", () => all.delete(socket))
      })
    },
    /** To be told of a request that is answered later. */
    begun: ({ socket }: IncomingMessage, response: ServerResponse) => {
      const held = all.get(socket)
      if (held === undefined) return
      held.answering++
      response.on("close", ended)
    },
    /** To be told of one that was answered at once: how much of it waits is seen on its connection. */
    answered: ({ socket }: IncomingMessage, startedAt: number) => {
      const held = all.get(socket)
      if (held === undefined) return
      held.read = socket.bytesRead
      held.since = startedAt
    },
    /** Closes those that are idle by now; to be called again and again, when what has arrived has been read. */
    close: () => {
      const now = performance.now()
      for (const [socket, held] of all) {
        const begins = socket.bytesRead !== held.read
        if (begins !== held.begins) {
          held.begins = begins
          if (begins) held.since = now
        }
        if (held.answering > 0 || socket.writableLength > 0) continue
        const wait = begins ? patience.begun : patience.idle
        if (now - held.since >= wait) socket.destroy()
      }
    }
  }
}
