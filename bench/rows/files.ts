import { writeFileSync } from "node:fs"
import { get, type IncomingMessage } from "node:http"
import { buffer } from "node:stream/consumers"
import { Effect } from "effect"
import type { Stage } from "../stage.ts"

/** Writes what load.lua reads: a request a line. */
export const requestFile = ({ directory }: Stage, name: string, lines: ReadonlyArray<string>) => {
  const path = `${directory}/${name}.txt`
  writeFileSync(path, `${lines.join("\n")}\n`)
  return path
}

/** What comes with every answer and says nothing of it, or is written by node:http itself. */
const own = new Set(["x-request-id", "content-type", "content-length", "date", "connection", "keep-alive"])

/** The headers of an answer that a comparator repeats. */
export const constantHeaders = (response: Response) => [...response.headers].filter(([name]) => !own.has(name)).flat()

/** An answer as wrk will get it, which asks for no compression. */
export const capture = (url: string, body?: string) =>
  Effect.promise(async () => {
    const headers = { "accept-encoding": "identity", "content-type": "application/json" }
    const response = await fetch(url, body === undefined ? { headers } : { method: "POST", body, headers })
    return { response, body: await response.text() }
  })

/** An answer in the bytes in which it was sent, and its headers but for those of the moment. */
export const captureBytes = (url: string, headers: Readonly<Record<string, string>>) =>
  Effect.promise(async () => {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(url, { headers }, resolve).on("error", reject)
    })
    const constant = Object.entries(response.headers).filter(([name]) => !ofTheMoment.has(name))
    return { headers: constant.flat().map(String), body: await buffer(response) }
  })

const ofTheMoment = new Set(["date", "connection", "keep-alive"])
