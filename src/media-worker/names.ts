/** What the worker writes, by name. */
import type { RenditionName } from "../services/media/Videos.ts"

export const posterName = "poster.jpg"
export const renditionFile = (name: RenditionName) => `${name}.mp4`
export const outputNames: ReadonlyArray<string> = [posterName, renditionFile("540p"), renditionFile("720p")]
