import { tellFailure } from "./tell.ts"

/** Whoever reads may have read enough (zst users list | head), a terminal may have closed. */
const isLeft = ({ code }: NodeJS.ErrnoException) => code === "EPIPE" || code === "EIO"

/**
 * What is printed may reach nobody. No command ends for that before its work is done, and no server; but one that could
 * not write what somebody wanted, such as into a file on a full disk, has failed.
 */
export const surviveLostOutput = () => {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (isLeft(error) || process.exitCode === 1) return
      process.exitCode = 1
      if (stream === process.stdout) tellFailure("OutputLost", `The output could not be written: ${error.message}`)
    })
  }
}
