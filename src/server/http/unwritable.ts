/** Heads of answers that cannot be written. */
import { ServerResponse } from "node:http"

/**
 * node:http throws at a header that it cannot write and keeps those before it: an answer after that would have the length
 * of another, and a client waits for ever. Of an answer that was given to what is made here the connection ends.
 */
export const cuttingUnwritable = (onFault: (error: unknown) => void) => {
  const { writeHead } = ServerResponse.prototype
  function guarded(this: ServerResponse, ...head: Parameters<typeof writeHead>) {
    try {
      return writeHead.apply(this, head)
    } catch (error) {
      onFault(error)
      return this.destroy()
    }
  }
  return (response: ServerResponse) => {
    response.writeHead = guarded as typeof writeHead
  }
}
