/** What names an object. Here alone is decided what may: adapters make paths and addresses of it. */
import { Effect } from "effect"
import { SecureRandom } from "effect/crypto"
import { Base64Url } from "effect/encoding"
import { uploadSeconds } from "./limits.ts"
import { posterName } from "./mediaSql.ts"

const maxLength = 200

/** Segments never begin or end with a dot, and are never empty: nothing here can lead out of where it is put. */
const segment = "[a-z0-9_-]+(?:\\.[a-z0-9_-]+)*"
const keyPattern = new RegExp(`^${segment}(?:/${segment})*$`)

export const isObjectKey = (text: string) => text.length <= maxLength && keyPattern.test(text)

/** The beginning of some key, or nothing at all. */
const isKeyPrefix = (text: string) => text === "" || isObjectKey(text) || isObjectKey(`${text}x`)

const uploads = "uploads/"

/** Written by clients: not checked yet, and never served. */
export const isUploadKey = (key: string) => key.startsWith(uploads) && isObjectKey(key)

/** So that an address tells nobody another one. */
const secret = () => Base64Url.encode(SecureRandom.randomBytesUnsafe(12)).toLowerCase()

export const newUploadKey = (id: string) => `${uploads}${id}/${secret()}`
export const newOriginalKey = (id: string) => `videos/${id}/original-${secret()}`

export const newPictureKey = (id: string, name: string) => `images/${id}/${name}-${secret()}.webp`

export const newRenditionKey = (id: string, name: string) =>
  `videos/${id}/${name}-${secret()}.${name === posterName ? "jpg" : "mp4"}`

/** Keys are made by us: one that is none is a mistake in the program. */
export const requireKeys = (...keys: ReadonlyArray<string>) => insist(keys, isObjectKey, "object key")
export const requirePrefix = (prefix: string) => insist([prefix], isKeyPrefix, "prefix of object keys")

/** What may be given away for anybody to write. */
export const requirePresignable = (
  key: string,
  { seconds, size }: { readonly seconds: number; readonly size: number }
) =>
  Effect.andThen(
    insist([key], isUploadKey, "key of an upload"),
    seconds >= 1 && seconds <= uploadSeconds && Number.isSafeInteger(size) && size >= 0
      ? Effect.void
      : Effect.die(new Error(`An upload of ${size} bytes within ${seconds} s cannot be allowed`))
  )

const insist = (texts: ReadonlyArray<string>, isValid: (text: string) => boolean, what: string) => {
  const wrong = texts.find((text) => !isValid(text))
  return wrong === undefined ? Effect.void : Effect.die(new Error(`Not a ${what}: ${JSON.stringify(wrong)}`))
}
