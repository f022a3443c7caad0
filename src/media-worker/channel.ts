/**
 * The worker's end of the pipe between it and the server: lines of JSON. The server's end (src/layers/videos/child.ts) is
 * our own too, for node's channel between processes takes in whatever is sent, however much it is.
 */
import { Socket } from "node:net"
import { channelFd } from "./protocol.ts"

const pipe = new Socket({ fd: channelFd, readable: true, writable: true })
pipe.on("error", () => {})

export const say = (said: object, onSaid?: () => void) => {
  pipe.write(`${JSON.stringify(said)}\n`, onSaid)
}

/** Hears the one task that there is, and when the server is gone. */
export const listen = <Task>(onTask: (task: Task) => void, onGone: () => void = () => {}) => {
  let text = ""
  pipe
    .setEncoding("utf8")
    .on("data", (chunk: string) => {
      text += chunk
      if (text.endsWith("\n")) onTask(JSON.parse(text))
    })
    .on("close", onGone)
}
