import { consumers } from "../layers/Background.ts"

/** Whether this version of the program still has such a consumer. */
export const isDeclared = (name: string) => consumers.some((consumer) => consumer.name === name)
