/** Pieces of files on their way are dead as soon as they are written: their memory is given back while others come. */
import type { IncomingMessage } from "node:http"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

/** Bytes. V8 itself would wait for 32 MB of them, and for more where the machine is slow. */
const most = 8 * 1024 * 1024

type Collect = (options: { readonly type: "minor" }) => void

const youngCollector = (): Collect => {
  setFlagsFromString("--expose-gc")
  return runInNewContext("gc")
}

let collect: Collect | undefined
let passed = 0

/** Of all requests together: a minor collection for each few megabytes, which takes a millisecond or two. */
export const letGoOfPieces = (request: IncomingMessage) => {
  const push = request.push.bind(request)
  request.push = (piece, encoding) => {
    passed += piece?.length ?? 0
    if (passed >= most) {
      passed = 0
      collect ??= youngCollector()
      collect({ type: "minor" })
    }
    return push(piece, encoding)
  }
}
