/** Closes what is idle, and nothing else: node:http takes an answer for sent that still waits for a slow client. */
import type { Server } from "node:http"
import type { Socket } from "node:net"

type Held = {
  /** Requests whose answers the system has not taken whole. */
  answering: number
  /** How much had been read when the last of them was answered: more is the beginning of a request. */
  read: number
}

/** To be called before the server listens. */
export const idleConnections = (server: Server) => {
  const all = new Map<Socket, Held>()
  server
    .on("connection", (socket: Socket) => {
      all.set(socket, { answering: 0, read: 0 })
      socket.once("close", () => all.delete(socket))
    })
    .prependListener("request", ({ socket }, response) => {
      const held = all.get(socket)
      if (held === undefined) return
      held.answering++
      response.once("close", () => {
        held.answering--
        held.read = socket.bytesRead
      })
    })
  return {
    close: () => {
      for (const [socket, { answering, read }] of all) {
        if (answering === 0 && socket.bytesRead === read && socket.writableLength === 0) socket.destroy()
      }
    }
  }
}
