import { HttpServerResponse } from "effect/http"
import { dataText, type Encoded } from "../../services/encoded.ts"
import type { PageMeta } from "../../services/model.ts"

const json = { contentType: "application/json; charset=utf-8" }

/** Encoded once: as text it would be measured, and encoded, on its way out. */
const reply = (text: string, status: number) => HttpServerResponse.uint8Array(Buffer.from(text), { ...json, status })

/** `{ "data": … }` around JSON that is already in its wire form. */
export const replyData = (data: Encoded<unknown>, status = 200) => reply(dataText(data), status)

/** `{ "data": [ … ], "meta": { … } }` around JSON that is already in its wire form. */
export const replyPage = (data: Encoded<unknown>, meta: PageMeta) =>
  reply(`{"data":${data},"meta":${JSON.stringify(meta)}}`, 200)
