/** The command that this process carries out. */
import { speakJson } from "./tell.ts"
import type { ZstCommand } from "./ZstCommand.ts"

let invoked: ZstCommand | undefined

/** Called before its action. */
export const invoke = (command: ZstCommand) => {
  invoked = command
  speakJson(command.opts().json === true)
}

export const onlyReads = () => ["reads", "inspects"].includes(invoked?.declaration?.does ?? "")
