/** Heads of answers that cannot be written. */
import { type IncomingMessage, type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse } from "node:http"

type Headers = OutgoingHttpHeaders | Array<OutgoingHttpHeader>

/**
 * For `createServer`. node:http throws at a header that it cannot write and keeps those before it: an answer after that
 * would have the length of another, and a client waits for ever. Here the connection ends.
 */
export const cutWhenUnwritable = (onFault: (error: unknown) => void) =>
  class<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
    override writeHead(status: number, ...rest: [(string | Headers)?, Headers?]) {
      try {
        return super.writeHead(status, ...(rest as [string?, Headers?]))
      } catch (error) {
        onFault(error)
        return this.destroy()
      }
    }
  }
