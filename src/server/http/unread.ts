/** Answers that clients do not read: they wait in memory, for so long and so many bytes together. */
import type { Server } from "node:http"
import type { Socket } from "node:net"

const mebibyte = 1024 * 1024

/**
 * Longer than any request takes until it is answered, while nothing is sent either. node:http waits as long again for an
 * answer of which it saw something go.
 */
export const silence = 75_000

const limits = { silence, mostBytes: 64 * mebibyte, everyMillis: 1000 }

/** Cuts off who takes nothing of an answer in that time, and before that, while too much waits, who has longest. */
export const limitUnread = (server: Server, { silence, mostBytes, everyMillis } = limits) => {
  server.timeout = silence
  const sockets = new Set<Socket>()
  server.on("connection", (socket: Socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })
  /** How much each has left unread, and since which look as much. */
  let waiting = new Map<Socket, { readonly bytes: number; readonly looks: number }>()
  const look = () => {
    const before = waiting
    waiting = new Map()
    let all = 0
    for (const socket of sockets) {
      const bytes = socket.writableLength
      if (bytes === 0) continue
      const known = before.get(socket)
      waiting.set(socket, { bytes, looks: known !== undefined && known.bytes <= bytes ? known.looks + 1 : 0 })
      all += bytes
    }
    if (all <= mostBytes) return
    for (const [socket, { bytes, looks }] of [...waiting].sort(([, a], [, b]) => b.looks - a.looks)) {
      // Whoever has just been answered may be about to read.
      if (all <= (looks === 0 ? 2 * mostBytes : mostBytes)) return
      all -= bytes
      socket.destroy()
    }
  }
  const timer = setInterval(look, everyMillis).unref()
  server.once("close", () => clearInterval(timer))
}
