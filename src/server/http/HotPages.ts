import { brotliCompressSync, constants, gzipSync } from "node:zlib"
import { Context, Effect, Layer } from "effect"
import type { HttpServerRequest, HttpServerResponse } from "effect/http"
import { Freshness } from "../../services/catalog/Freshness.ts"

/** An answer of a public list, encoded, kept for a second and per generation of the catalogue. */
export type HotPage = {
  readonly contentType: string
  readonly generation: number
  readonly since: number
  readonly identity: Buffer
  br: Buffer | undefined
  gzip: Buffer | undefined
  refreshing: boolean
}

export type Encoding = "br" | "gzip" | undefined

const capacity = 250
const refreshAfter = Freshness.maxAge / 2
const minCompressed = 1024

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
          return Effect.tap(answer, ({ body }) => {
            if (body._tag !== "Uint8Array" || request.method !== "GET") return Effect.void
            if (!isWanted(request.url, since)) return Effect.void
            const oldest = pages.size >= capacity ? pages.keys().next().value : undefined
            if (oldest !== undefined) pages.delete(oldest)
            pages.delete(request.url)
            pages.set(request.url, {
              contentType: body.contentType,
              generation,
              since,
              identity: Buffer.from(body.body),
              br: undefined,
              gzip: undefined,
              refreshing: false
            })
            return Effect.void
          })
        })

      return HotPages.of({ find, keep })
    })
  )
}

/** Which encoding a client takes, by its Accept-Encoding header; weights other than q=0 are not compared. */
export const encodingOf = (accept: string | undefined): Encoding => {
  if (accept === undefined) return undefined
  if (/\bbr\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accept)) return "br"
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accept) ? "gzip" : undefined
}

/** The page's bytes in this encoding; each is made once, when first asked for. */
export const bytesOf = (page: HotPage, encoding: Encoding) => {
  if (encoding === "br") page.br ??= brotliCompressSync(page.identity, brotli)
  if (encoding === "gzip") page.gzip ??= gzipSync(page.identity, { level: 6 })
  return (encoding && page[encoding]) ?? page.identity
}

export const isCompressible = (page: HotPage) => page.identity.length > minCompressed

const brotli = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT }
}
