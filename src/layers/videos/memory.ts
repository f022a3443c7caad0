import { readFile } from "node:fs/promises"
import { Effect, Schedule } from "effect"

const kibibytes = /^VmRSS:\s+(\d+) kB$/m

/** Resident bytes of a process; 0 of one that is gone, and where there is no /proc: the system's own limit counts there. */
const residentOf = (pid: number) =>
  Effect.promise(() =>
    readFile(`/proc/${pid}/status`, "utf8").then(
      (status) => Number(kibibytes.exec(status)?.[1] ?? 0) * 1024,
      () => 0
    )
  )

/** Returns once a process has more than this. */
export const outgrows = (pid: number, bytes: number) =>
  residentOf(pid).pipe(
    Effect.repeat({ until: (resident) => resident > bytes, schedule: Schedule.spaced("50 millis") }),
    Effect.asVoid
  )
