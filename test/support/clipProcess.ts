/** Makes one clip: `node clipProcess.ts FILE CLIP`, the latter as JSON. */
import { makeClipHere } from "./clips.ts"

const [file = "", clip = "{}"] = process.argv.slice(2)
await makeClipHere(file, JSON.parse(clip))
