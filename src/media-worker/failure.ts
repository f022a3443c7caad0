import type { VideoFailure } from "../services/media/errors.ts"

/** Ends the work for a reason that lies in the file. */
export class Refused extends Error {
  readonly reason: VideoFailure
  constructor(reason: VideoFailure, options?: ErrorOptions) {
    super(reason, options)
    this.reason = reason
  }
}
