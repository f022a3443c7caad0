import { existsSync } from "node:fs"
import { dirname, join } from "node:path"

const above = (directory: string): string =>
  existsSync(join(directory, "package.json")) || dirname(directory) === directory
    ? directory
    : above(dirname(directory))

/** The checkout's folder, from its sources and from the production build alike. */
export const root = above(import.meta.dirname)
