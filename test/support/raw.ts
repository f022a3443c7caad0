/** An answer as it comes over the wire: no decoding, no headers but these. */
import { request } from "node:http"
import { Effect } from "effect"

export type RawAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly body: Buffer
}

export const rawGet = (url: string, headers: Record<string, string> = {}, method = "GET") =>
  Effect.promise(
    () =>
      new Promise<RawAnswer>((resolve, reject) => {
        request(url, { method, headers }, (response) => {
          const chunks: Array<Buffer> = []
          response.on("data", (chunk) => chunks.push(chunk))
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) })
          )
        })
          .on("error", reject)
          .end()
      })
  )
