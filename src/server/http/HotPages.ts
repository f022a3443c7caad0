import { brotliCompressSync, gzipSync } from "node:zlib"
import { Context, Effect, Layer } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import { Freshness } from "../../services/catalog/Freshness.ts"
import { tagOf } from "../../services/precondition.ts"
import { brotliOptions, type Coding, codingOf, gzipOptions } from "./coding.ts"
import { entityTag } from "./entityTag.ts"

/** An answer of a public list, encoded, kept for a second and per generation of the catalogue. */
export type HotPage = {
  readonly contentType: string
  readonly generation: number
  readonly since: number
  readonly tag: string
  readonly identity: Buffer
  br: Buffer | undefined
  gzip: Buffer | undefined
  refreshing: boolean
}

const capacity = 250
const refreshAfter = Freshness.maxAge / 2

export class HotPages extends Context.Service<
  HotPages,
  {
    /** The page kept for this URL, if it may still be served. In its last half second one caller is told to renew it. */
    readonly find: (url: string, now: number) => HotPage | undefined
    /** Runs the effect and keeps its answer for this request's URL, from the second time in a second on. */
    readonly keep: <E, R>(
      request: HttpServerRequest.HttpServerRequest,
      answer: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
    ) => Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
  }
>()("zst/HotPages") {
  static readonly layer = Layer.effect(
    HotPages,
    Effect.gen(function* () {
      const freshness = yield* Freshness
      const pages = new Map<string, HotPage>()

      // A URL that nobody asks for twice, as a crawler's, is not worth the memory.
      let asked = new Set<string>()
      let askedSince = 0
      const isWanted = (url: string, now: number) => {
        if (pages.has(url)) return true
        if (now - askedSince >= Freshness.maxAge) {
          asked = new Set()
          askedSince = now
        }
        const before = asked.size
        return asked.add(url).size === before
      }

      const find = (url: string, now: number) => {
        const page = pages.get(url)
        if (page === undefined) return undefined
        const age = now - page.since
        if (age >= Freshness.maxAge || page.generation !== freshness.generation()) {
          pages.delete(url)
          return undefined
        }
        if (age < refreshAfter || page.refreshing) return page
        page.refreshing = true
        return undefined
      }

      const keep = <E, R>(
        request: HttpServerRequest.HttpServerRequest,
        answer: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
      ) =>
        Effect.suspend(() => {
          // Taken before the read: what is written meanwhile makes this answer old, whichever finishes first.
          const generation = freshness.generation()
          const since = performance.now()
          return Effect.map(answer, (response) => {
            const { body } = response
            if (body._tag !== "Uint8Array" || request.method !== "GET") return response
            if (!isWanted(request.url, since)) return response
            const oldest = pages.size >= capacity ? pages.keys().next().value : undefined
            if (oldest !== undefined) pages.delete(oldest)
            pages.delete(request.url)
            const tag = tagOf(body.body)
            pages.set(request.url, {
              contentType: body.contentType,
              generation,
              since,
              tag,
              identity: Buffer.from(body.body),
              br: undefined,
              gzip: undefined,
              refreshing: false
            })
            return HttpServerResponse.setHeader(response, "etag", entityTag(tag, undefined))
          })
        })

      return HotPages.of({ find, keep })
    })
  )
}

/** The coding in which the page goes to a client with this Accept-Encoding. */
export const pageCoding = (page: HotPage, accept: string | undefined) => codingOf(accept, page.identity.length)

/** The page's bytes in this coding; each is made once, when first asked for. */
export const bytesOf = (page: HotPage, coding: Coding) => {
  if (coding === "br") page.br ??= brotliCompressSync(page.identity, brotliOptions(page.identity.length))
  if (coding === "gzip") page.gzip ??= gzipSync(page.identity, gzipOptions)
  return (coding && page[coding]) ?? page.identity
}
