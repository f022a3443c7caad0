/** A worker that something has taken over, and that says a word which never ends. */
import { Socket } from "node:net"
import { channelFd } from "../../../src/media-worker/protocol.ts"

const pipe = new Socket({ fd: channelFd, readable: true, writable: true })
const word = "x".repeat(1_000_000)
const ramble = () => void pipe.write(word, ramble)
pipe.on("error", () => process.exit()).on("data", ramble)
pipe.write('{"type":"ready"}\n')
