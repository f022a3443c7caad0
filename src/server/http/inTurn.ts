/**
 * What one connection asks for at once is answered one after the other, as it has to be read: node:http would begin it
 * all, and keep the answers out of sight of whoever counts them (unread.ts).
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Duplex } from "node:stream"

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** Told whether the request has waited for the answer before it. */
type Answerer = (request: IncomingMessage, response: ServerResponse, hasWaited: boolean) => void

/** What waits on one connection. Nobody's app has as much; a connection with more is closed. */
type Line = { requests: number; bytes: number }

const isTooLong = ({ requests, bytes }: Line) => requests > 100 || bytes > 64 * 1024

/** Of a request, or of a piece of a body, beside its own. */
const bytesOfPiece = 100

export const inTurn = (answer: Answerer): Handler => {
  const lines = new WeakMap<Duplex, Line>()
  return (request, response) => {
    // The answer before it has the socket.
    if (response.socket !== null) return answer(request, response, false)
    const { socket } = request
    const line = lines.get(socket) ?? { requests: 0, bytes: 0 }
    lines.set(socket, line)
    let own = 0
    const fits = (bytes: number) => {
      own += bytes + bytesOfPiece
      line.bytes += bytes + bytesOfPiece
      if (isTooLong(line)) socket.destroy()
      return !socket.destroyed
    }
    line.requests++
    if (!fits((request.url?.length ?? 0) + bytesOf(request.rawHeaders))) return
    const push = request.push
    request.push = (piece, encoding) =>
      fits(piece === null ? bytesOf(request.rawTrailers) : piece.length) && push.call(request, piece, encoding)
    const assign = response.assignSocket
    response.assignSocket = (to) => {
      request.push = push
      line.requests--
      line.bytes -= own
      assign.call(response, to)
      answer(request, response, true)
    }
  }
}

/** Of names and values, each a text of its own. */
const bytesOf = (texts: ReadonlyArray<string>) => texts.reduce((bytes, text) => bytes + text.length + 40, 0)

/** Calls it once there is no answer that a whole request waits for. */
export const afterAnswers = (socket: Duplex, then: (answer: ServerResponse | undefined) => void) => {
  const answer = (socket as { readonly _httpMessage?: ServerResponse | null })._httpMessage ?? undefined
  if (answer?.req.complete !== true) return then(answer)
  // The next has its turn by then.
  answer.once("close", () => setImmediate(afterAnswers, socket, then))
}
