/**
 * What one connection asks for at once is answered one after the other, as it has to be read: node:http would begin it
 * all, and keep the answers out of sight of whoever counts them (unread.ts).
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Duplex } from "node:stream"

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** Nobody's app has as many; a connection with more is closed. */
const mostWaiting = 100

export const inTurn = (handler: Handler): Handler => {
  const waiting = new WeakMap<Duplex, number>()
  return (request, response) => {
    // The answer before it has the socket.
    if (response.socket !== null) return handler(request, response)
    const { socket } = request
    const count = (waiting.get(socket) ?? 0) + 1
    if (count > mostWaiting) return void socket.destroy()
    waiting.set(socket, count)
    const assign = response.assignSocket
    response.assignSocket = (own) => {
      waiting.set(socket, (waiting.get(socket) ?? 1) - 1)
      assign.call(response, own)
      handler(request, response)
    }
  }
}

/** Calls it once there is no answer that a whole request waits for. */
export const afterAnswers = (socket: Duplex, then: (answer: ServerResponse | undefined) => void) => {
  const answer = (socket as { readonly _httpMessage?: ServerResponse | null })._httpMessage ?? undefined
  if (answer?.req.complete !== true) return then(answer)
  // The next has its turn by then.
  answer.once("close", () => setImmediate(afterAnswers, socket, then))
}
