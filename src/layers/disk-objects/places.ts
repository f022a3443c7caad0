/** Where objects are below a directory. A key's alphabet has no `@`, so that a file is never in a directory's place. */
import { mkdir, open, readdir, rename, rmdir, unlink } from "node:fs/promises"
import { dirname, join } from "node:path"
import type { ListedObject, ObjectInfo } from "../../services/media/ObjectStore.ts"
import { codeOf } from "../keyFile.ts"
import { DamagedObject, readInfo } from "./format.ts"

const suffix = "@object"

/** Writes under way. In the same file system as the objects, and apart: what was cut off is found without a search. */
export const partialsOf = (root: string) => join(root, "@partial")

export const pathOf = (root: string, key: string) => join(root, `${key}${suffix}`)

const absent = (error: unknown) => codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR"

export const unlessAbsent = (error: unknown): undefined => {
  if (!absent(error)) throw error
  return undefined
}

/** Moves a finished file to where its key says, and returns when a loss of power cannot undo that. */
export const moveInto = async (partial: string, path: string, tries = 5): Promise<void> => {
  const directory = dirname(path)
  let made: string | undefined
  try {
    made = await mkdir(directory, { recursive: true })
    await rename(partial, path)
  } catch (error) {
    // The last object beside it was removed meanwhile, and the directory with it.
    if (codeOf(error) !== "ENOENT" || tries === 0) throw error
    return moveInto(partial, path, tries - 1)
  }
  await syncDirectories(directory, made === undefined ? directory : dirname(made))
}

const syncDirectories = async (from: string, upTo: string): Promise<void> => {
  const directory = await open(from, "r")
  await directory.sync().finally(() => directory.close())
  if (from !== upTo && from !== dirname(from)) await syncDirectories(dirname(from), upTo)
}

/** Deletes an object, and the directories that nothing is left in. */
export const removeAt = async (root: string, key: string) => {
  const path = pathOf(root, key)
  await unlink(path).catch(unlessAbsent)
  let directory = dirname(path)
  while (directory !== root && (await removeEmpty(directory))) directory = dirname(directory)
}

const removeEmpty = (directory: string) =>
  rmdir(directory).then(
    () => true,
    (error: unknown) => absent(error)
  )

/** Opens an object's file; undefined when there is none. */
export const openObject = async (root: string, key: string) => {
  const file = await open(pathOf(root, key), "r").catch(unlessAbsent)
  if (file === undefined) return undefined
  try {
    return { file, info: await readInfo(file, key) }
  } catch (error) {
    await file.close()
    throw error
  }
}

export const infoOf = async (root: string, key: string): Promise<ObjectInfo | undefined> => {
  const object = await openObject(root, key)
  await object?.file.close()
  return object?.info
}

/** Objects whose key begins with this, by key. What is removed meanwhile is passed over. */
export const walk = async function* (root: string, prefix: string): AsyncGenerator<ListedObject> {
  for await (const key of keysIn(root, prefix.slice(0, prefix.lastIndexOf("/") + 1), prefix)) {
    const info = await infoOf(root, key).catch(listedOf)
    if (info !== undefined) yield info
  }
}

const listedOf = (error: unknown) => {
  if (error instanceof DamagedObject) return error.listed
  throw error
}

const keysIn = async function* (root: string, folder: string, prefix: string): AsyncGenerator<string> {
  const found = (await readdir(join(root, folder), { withFileTypes: true }).catch(unlessAbsent)) ?? []
  const names = found.flatMap((entry) => {
    if (entry.isDirectory()) return entry.name.includes("@") ? [] : [`${folder}${entry.name}/`]
    return entry.name.endsWith(suffix) ? [`${folder}${entry.name.slice(0, -suffix.length)}`] : []
  })
  // As S3 sorts: a directory counts with its slash.
  for (const name of names.sort((a, b) => (a < b ? -1 : 1))) {
    if (!name.endsWith("/")) {
      if (name.startsWith(prefix)) yield name
    } else if (name.startsWith(prefix) || prefix.startsWith(name)) yield* keysIn(root, name, prefix)
  }
}
