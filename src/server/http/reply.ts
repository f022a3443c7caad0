import { HttpServerResponse } from "effect/http"
import type { Encoded } from "../../services/encoded.ts"
import type { PageMeta } from "../../services/page.ts"

const json = { contentType: "application/json; charset=utf-8" }

/** `{ "data": … }` around JSON that is already in its wire form. */
export const replyData = (data: Encoded<unknown>, status = 200) =>
  HttpServerResponse.text(`{"data":${data}}`, { ...json, status })

/** `{ "data": [ … ], "meta": { … } }` around JSON that is already in its wire form. */
export const replyPage = (data: Encoded<unknown>, meta: PageMeta) =>
  HttpServerResponse.text(`{"data":${data},"meta":${JSON.stringify(meta)}}`, json)
