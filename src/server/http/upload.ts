/** One file of a multipart body, taken in piece by piece, and the fields beside it. */
import { Effect, FileSystem, type PlatformError, Stream } from "effect"
import type { Multipart } from "effect/http"
import type { Caller } from "../../services/auth/model.ts"
import { invalidField, type ValidationFailed } from "../../services/errors.ts"
import { FileTooLarge, UploadMalformed } from "../../services/media/errors.ts"
import { maxUploadsAtOnce } from "../../services/media/limits.ts"
import { passing } from "../../services/outsideHeap.ts"
import { makePlaces } from "../../services/places.ts"

type Upload = { readonly maxBytes: number }

/**
 * Where the file of the part `file` is until the scope closes. What it is called and said to be plays no part: the path
 * is ours. A file that is too large is read to its end first, or a client that is still sending would not see the answer.
 */
const receivedFile = Effect.fnUntraced(
  function* (parts: Stream.Stream<Multipart.Part, Multipart.MultipartError>, { maxBytes }: Upload) {
    const files = yield* FileSystem.FileSystem
    const path = `${yield* files.makeTempDirectoryScoped({ prefix: `zst-upload-${process.pid}-` })}/file`
    const fields: Record<string, string> = {}
    let found = 0
    let size = 0
    const kept = (bytes: Uint8Array) => {
      size += bytes.byteLength
      return size <= maxBytes
    }
    const take = (
      part: Multipart.Part
    ): Effect.Effect<void, Multipart.MultipartError | PlatformError.PlatformError | ValidationFailed> => {
      if (part._tag === "Field") {
        if (part.key === "file") return Effect.fail(notAFile)
        fields[part.key] = part.value
        return Effect.void
      }
      if (part.key !== "file" || ++found > 1) return Stream.runDrain(passing(part.content))
      return Stream.run(Stream.filter(passing(part.content), kept), files.sink(path))
    }
    yield* Stream.runForEach(parts, take)
    if (found === 0) return yield* invalidField("file", "This field is required")
    if (found > 1) return yield* invalidField("file", "Send one file at a time")
    if (size > maxBytes) return yield* new FileTooLarge({ max_bytes: maxBytes })
    return { path, size, fields }
  },
  (effect, _, { maxBytes }) =>
    Effect.catchTags(effect, {
      MultipartError: ({ reason }) =>
        tooLarge.has(reason._tag)
          ? Effect.fail(new FileTooLarge({ max_bytes: maxBytes }))
          : Effect.fail(new UploadMalformed()),
      PlatformError: Effect.die
    })
)

/** Of whatever kind: each may bring as much as a disk has little of, as slowly as it likes. */
const placeOf = makePlaces<Caller["id"]>(maxUploadsAtOnce)

/** The same with the file system of where it is asked for, for some of a user's files at once. */
export const receiving = (upload: Upload) =>
  Effect.map(
    FileSystem.FileSystem,
    (files) => (caller: Caller, parts: Stream.Stream<Multipart.Part, Multipart.MultipartError>) =>
      Effect.andThen(
        placeOf(caller.id),
        Effect.provideService(receivedFile(parts, upload), FileSystem.FileSystem, files)
      )
  )

const notAFile = invalidField("file", "Expected a file, with a file name")

const tooLarge: ReadonlySet<string> = new Set(["FileTooLarge", "FieldTooLarge", "BodyTooLarge", "TooManyParts"])
