import { AV_LOG_FATAL } from "node-av/constants"
import { Log } from "node-av/lib"

/** What FFmpeg says of a stranger's file fills logs and helps nobody. */
export const setLevel = () => Log.setLevel(AV_LOG_FATAL)
