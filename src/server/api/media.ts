import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { AccountClosed } from "../../services/auth/errors.ts"
import { Unavailable, ValidationFailed } from "../../services/errors.ts"
import {
  FileTooLarge,
  MediaInUse,
  MediaNotFound,
  TooManyUploads,
  UploadMalformed,
  UploadMissing,
  UploadUnderWay,
  VideoFailed
} from "../../services/media/errors.ts"
import { Media, RequestUpload, UploadRequest } from "../../services/media/model.ts"
import { Deleted } from "../../services/model.ts"
import { SignedIn } from "../middleware/Authentication.ts"
import { Idempotent } from "../middleware/Idempotent.ts"
import { Budget, Limits, longBudget } from "../middleware/limits.ts"
import { createdOf, dataOf } from "./envelope.ts"
import { pictureRefusals, video } from "./uploads.ts"

const id = { id: Schema.String }

// Without Idempotent, which would hold the whole file.
const addVideo = HttpApiEndpoint.post("addVideo", "/media", {
  payload: video,
  success: createdOf(Media),
  error: [FileTooLarge, UploadMalformed, VideoFailed, TooManyUploads, AccountClosed, ValidationFailed, Unavailable]
})
  .annotate(Limits, ["uploads"])
  .annotate(OpenApi.Summary, "Upload a video; a poster and renditions are made of it in the background")

const requestUpload = HttpApiEndpoint.post("requestUpload", "/media/uploads", {
  payload: RequestUpload,
  success: createdOf(UploadRequest),
  error: [TooManyUploads, AccountClosed, ValidationFailed, Unavailable]
})
  .annotate(Limits, ["uploads", "addresses"])
  .annotate(
    OpenApi.Summary,
    "Ask for an address to which the app PUTs a video, or a picture for some purpose, itself, within ten minutes"
  )
  .middleware(Idempotent)

const completeUpload = HttpApiEndpoint.post("completeUpload", "/media/uploads/:id/complete", {
  params: id,
  success: dataOf(Media),
  error: [MediaNotFound, UploadMissing, UploadUnderWay, VideoFailed, ...pictureRefusals]
})
  .annotate(Limits, ["completions"])
  .annotate(Budget, longBudget)
  .annotate(OpenApi.Summary, "Say that a file is there: a picture is ready with the answer, the work on a video begins")

const getMedia = HttpApiEndpoint.get("getMedia", "/media/:id", {
  params: id,
  success: dataOf(Media),
  error: MediaNotFound
}).annotate(OpenApi.Summary, "How far an upload is, why it failed, or what was made of it")

const deleteMedia = HttpApiEndpoint.delete("deleteMedia", "/media/:id", {
  params: id,
  success: dataOf(Deleted),
  error: [MediaNotFound, MediaInUse, AccountClosed]
}).annotate(OpenApi.Summary, "Delete an upload that nothing shows")

export const MediaApi = HttpApiGroup.make("media")
  .add(addVideo, requestUpload, completeUpload, getMedia, deleteMedia)
  .middleware(SignedIn)
  .annotate(OpenApi.Title, "Uploads")
