/** Lines of text for standard output, gathered in batches: one is written while the next is filled. */
import { fstatSync, write as writeFile, writeFileSync } from "node:fs"
import { isatty } from "node:tty"
import { Effect } from "effect"

export type Lines = {
  /** A whole line, of less than 4 KB. */
  readonly write: (line: string) => void
  /** Everything is written when it ends. */
  readonly close: Effect.Effect<void>
}

type Target = {
  /** The batch may be filled again once it is done. */
  readonly write: (batch: Uint8Array, done: () => void) => void
  /** Waits until it is written. */
  readonly writeNow: (batch: Uint8Array) => void
}

const flushEvery = 100
const flushAt = 64 * 1024

/** Bytes of a batch. Who fills one while the one before it is still being written, waits. */
export const capacity = 256 * 1024
const longestLine = 4096

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
    close: Effect.callback((resume) => {
      onWritten = () => {
        if (length > 0) flush()
        else if (other !== undefined) resume(Effect.void)
      }
      onWritten()
    })
  }
}

/** A disk takes its time: a file is written while requests are answered. What it could not take is gone. */
export const toFile = (fd: number): Target => {
  const write: Target["write"] = (batch, done) =>
    writeFile(fd, batch, (error, written) =>
      error === null && written > 0 && written < batch.length ? write(batch.subarray(written), done) : done()
    )
  return { write, writeNow: (batch) => Effect.runSync(Effect.ignore(Effect.try(() => writeFileSync(fd, batch)))) }
}

/** A terminal, a pipe and a socket take lines at once. */
export const toStandardOutput = (): Target => {
  const kind = fstatSync(1)
  if (!kind.isFIFO() && !kind.isSocket() && !isatty(1)) return toFile(1)
  return {
    write: (batch, done) => process.stdout.write(batch, done),
    writeNow: (batch) => process.stdout.write(Buffer.from(batch))
  }
}
