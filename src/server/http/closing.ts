/** Closes what is idle, and nothing else: node:http takes an answer for sent that still waits for a slow client. */
import type { IncomingMessage, Server, ServerResponse } from "node:http"
import type { Socket } from "node:net"

type Held = {
  /** Requests whose answers the system has not taken whole. */
  answering: number
  /** How much had been read when the last of them was answered: more is the beginning of a request. */
  read: number
}

export const idleConnections = () => {
  const all = new Map<Socket, Held>()

  /** One for all requests: a closure for each costs a hot page a twentieth of its time. */
  function answered(this: ServerResponse) {
    const { socket } = this.req
    const held = all.get(socket)
    if (held === undefined) return
    held.answering--
    held.read = socket.bytesRead
  }

  return {
    /** To be called before the server listens. */
    of: (server: Server) => {
      server.on("connection", (socket: Socket) => {
        all.set(socket, { answering: 0, read: 0 })
        socket.once("close", () => all.delete(socket))
      })
    },
    /** To be told of every request, before anything answers it. */
    begun: ({ socket }: IncomingMessage, response: ServerResponse) => {
      const held = all.get(socket)
      if (held === undefined) return
      held.answering++
      response.on("close", answered)
    },
    close: () => {
      for (const [socket, { answering, read }] of all) {
        if (answering === 0 && socket.bytesRead === read && socket.writableLength === 0) socket.destroy()
      }
    }
  }
}
