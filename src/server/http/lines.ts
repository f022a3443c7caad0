/** Lines of text for standard output, gathered in batches: one is written while the next is filled. */
import { fstatSync, write as writeFile, writeSync } from "node:fs"
import { isatty } from "node:tty"
import { Effect } from "effect"

export type Lines = {
  /** A whole line, of less than 4 KB. */
  readonly write: (line: string) => void
  /** Ends when everything is written, or after two seconds. */
  readonly close: Effect.Effect<void>
}

type Target = {
  /** The batch may be filled again once it is done. */
  readonly write: (batch: Uint8Array, done: () => void) => void
  /** The batch may be filled again when it returns. */
  readonly writeNow: (batch: Uint8Array) => void
  /** Tells when all of these are written. */
  readonly whenWritten: (done: () => void) => void
}

const flushEvery = 100
const flushAt = 64 * 1024

/** Bytes of a batch. Who fills one while the one before it is still being written, waits. */
export const capacity = 256 * 1024
const longestLine = 4096

/** Who stops waits no longer for a disk or a reader. */
const longestClose = "2 seconds"

export const linesTo = (target: Target): Lines => {
  let filling = Buffer.allocUnsafe(capacity)
  let length = 0
  /** None while it is written. */
  let other: typeof filling | undefined = Buffer.allocUnsafe(capacity)
  let timer: NodeJS.Timeout | undefined
  let onWritten = () => {}

  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (length === 0 || other === undefined) return
    const batch = filling
    const lines = batch.subarray(0, length)
    filling = other
    other = undefined
    length = 0
    target.write(lines, () => {
      other = batch
      if (length > 0) soon()
      onWritten()
    })
  }

  const soon = () => {
    if (length > flushAt) flush()
    else timer ??= setTimeout(flush, flushEvery)
  }

  return {
    write: (line) => {
      length += filling.write(line, length)
      if (length > capacity - longestLine && other === undefined) {
        target.writeNow(filling.subarray(0, length))
        length = 0
      } else soon()
    },
    close: Effect.callback<void>((resume) => {
      onWritten = () => {
        if (length > 0) flush()
        else if (other !== undefined) target.whenWritten(() => resume(Effect.void))
      }
      onWritten()
    }).pipe(Effect.timeoutOption(longestClose), Effect.asVoid)
  }
}

/**
 * A disk takes its time: a file is written while requests are answered. What it could not take is gone, and what comes
 * after begins a line. A batch that is waited for may stand before the one that was being written.
 */
export const toFile = (fd: number): Target => {
  /** What was taken last ends within a line. */
  let isTorn = false
  const whole = (batch: Uint8Array) => (isTorn ? Buffer.concat([Buffer.from("\n"), batch]) : batch)
  const rest = (batch: Uint8Array, done: () => void, isWithin: boolean) =>
    writeFile(fd, batch, (error, written) => {
      const isTaken = error === null && written > 0
      if (isTaken && written < batch.length) return rest(batch.subarray(written), done, true)
      isTorn = isWithin && !isTaken
      done()
    })
  const writeNow = (batch: Uint8Array) => {
    let lines = whole(batch)
    try {
      while (lines.length > 0) {
        lines = lines.subarray(writeSync(fd, lines))
        isTorn = lines.length > 0
      }
    } catch {
      // It is gone.
    }
  }
  return { write: (batch, done) => rest(whole(batch), done, isTorn), writeNow, whenWritten: (done) => done() }
}

/** Bytes that may wait for who reads a pipe. What comes while there are more is gone: nobody waits for a log's reader. */
export const mostUnread = 4 * 1024 * 1024

type Stream = Pick<NodeJS.WriteStream, "writableLength" | "write">

export const toStream = (stream: Stream): Target => ({
  write: (batch, done) => {
    if (stream.writableLength < mostUnread) stream.write(batch, () => done())
    else done()
  },
  writeNow: (batch) => {
    if (stream.writableLength < mostUnread) stream.write(Buffer.from(batch))
  },
  whenWritten: (done) => stream.write("", () => done())
})

export const toStandardOutput = (): Target => {
  const kind = fstatSync(1)
  return kind.isFIFO() || kind.isSocket() || isatty(1) ? toStream(process.stdout) : toFile(1)
}
