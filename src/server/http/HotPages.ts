import { brotliCompressSync, gzipSync } from "node:zlib"
import { Context, Effect, Layer } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import { Freshness } from "../../services/catalog/Freshness.ts"
import { tagOf } from "../../services/precondition.ts"
import { brotliOptions, type Coding, codingOf, gzipOptions } from "./coding.ts"
import { entityTag } from "./entityTag.ts"

/** A page's bytes in a coding, and what its headers say of them. */
type Written = { readonly bytes: Buffer; readonly headers: ReadonlyArray<string> }

/** An answer of a public list, encoded, kept for a second and per generation of the catalogue. */
export type HotPage = {
  readonly url: string
  readonly contentType: string
  readonly generation: number
  readonly since: number
  readonly tag: string
  readonly identity: Written
  br: Written | undefined
  gzip: Written | undefined
  /** How long it took to read, in milliseconds. */
  readonly took: number
  /** When the next caller is to renew it. */
  renewAt: number
}

/** So long before its end a page is renewed by one caller, in milliseconds: the longer its read took, the earlier. */
const renewing = (took: number) => Math.min(Math.max(0.2 * Freshness.maxAge, 2 * took), Freshness.maxAge / 2)
/** So long after that another one renews it, where it was not done. */
const renewingAgain = (took: number) => Math.max(0.1 * Freshness.maxAge, 1.5 * took)

const mebibyte = 1024 * 1024

/** What pages may weigh together, with what is made of them and is known of each. */
const mostBytes = 32 * mebibyte
const overhead = 1024
/** In bytes: what is larger would hold everybody up while it is compressed. */
const largest = mebibyte / 4

/** No client asks for more than that twice. */
const longestUrl = 2048
const mostAsked = 10_000

const weightOf = ({ identity, br, gzip }: HotPage) =>
  identity.bytes.length + (br?.bytes.length ?? 0) + (gzip?.bytes.length ?? 0) + overhead

const written = (
  { tag, contentType }: Pick<HotPage, "tag" | "contentType">,
  coding: Coding,
  bytes: Buffer
): Written => {
  const headers = ["etag", entityTag(tag, coding), "content-type", contentType, "content-length", String(bytes.length)]
  return { bytes, headers: coding === undefined ? headers : [...headers, "content-encoding", coding] }
}

export class HotPages extends Context.Service<
  HotPages,
  {
    /** The page kept for this URL, if it may still be served. Towards its end one caller is told to renew it. */
    readonly find: (url: string, now: number) => HotPage | undefined
    /** Runs the effect and keeps its answer for this request's URL, from the second time in a second on. */
    readonly keep: <E, R>(
      request: HttpServerRequest.HttpServerRequest,
      answer: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
    ) => Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
    /** The page in this coding; each is made once, when first asked for. */
    readonly writtenIn: (page: HotPage, coding: Coding) => Written
    /** What is kept, in bytes. */
    readonly weight: () => number
  }
>()("zst/HotPages") {
  static readonly layer = Layer.effect(
    HotPages,
    Effect.gen(function* () {
      const freshness = yield* Freshness
      const pages = new Map<string, HotPage>()
      let weight = 0

      const drop = (url: string) => {
        const page = pages.get(url)
        if (page === undefined) return
        pages.delete(url)
        weight -= weightOf(page)
      }

      /** The oldest leave while there is too much. */
      const makeRoom = () => {
        for (const url of pages.keys()) {
          if (weight <= mostBytes) return
          drop(url)
        }
      }

      const isOver = ({ since, generation }: HotPage, now: number) =>
        now - since >= Freshness.maxAge || generation !== freshness.generation()

      const sweep = Effect.sync(() => {
        const now = performance.now()
        for (const [url, page] of pages) if (isOver(page, now)) drop(url)
        if (now - askedSince >= Freshness.maxAge) asked = new Set()
      })
      yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep(Freshness.maxAge), sweep)))

      // A URL that nobody asks for twice, as a crawler's, is not worth the memory.
      let asked = new Set<string>()
      let askedSince = 0
      const isWanted = (url: string, now: number) => {
        if (pages.has(url)) return true
        if (now - askedSince >= Freshness.maxAge) {
          asked = new Set()
          askedSince = now
        }
        if (asked.has(url)) return true
        if (url.length <= longestUrl && asked.size < mostAsked) asked.add(url)
        return false
      }

      const find = (url: string, now: number) => {
        const page = pages.get(url)
        if (page === undefined) return undefined
        if (isOver(page, now)) {
          drop(url)
          return undefined
        }
        if (now < page.renewAt) return page
        page.renewAt = now + renewingAgain(page.took)
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
            if (body.contentLength > largest || !isWanted(request.url, since)) return response
            // Who began later has seen more.
            if ((pages.get(request.url)?.since ?? 0) > since) return response
            drop(request.url)
            const tag = tagOf(body.text ?? body.body)
            const took = performance.now() - since
            const { contentType } = body
            const page: HotPage = {
              url: request.url,
              contentType,
              generation,
              since,
              tag,
              identity: written({ tag, contentType }, undefined, Buffer.from(body.body)),
              br: undefined,
              gzip: undefined,
              took,
              renewAt: since + Freshness.maxAge - renewing(took)
            }
            pages.set(request.url, page)
            weight += weightOf(page)
            makeRoom()
            return HttpServerResponse.setHeader(response, "etag", entityTag(tag, undefined))
          })
        })

      const encoded = (page: HotPage, coding: NonNullable<Coding>) => {
        const { bytes } = page.identity
        const encodedBytes =
          coding === "br" ? brotliCompressSync(bytes, brotliOptions(bytes.length)) : gzipSync(bytes, gzipOptions)
        if (pages.get(page.url) === page) weight += encodedBytes.length
        const made = written(page, coding, encodedBytes)
        page[coding] = made
        makeRoom()
        return made
      }

      const writtenIn = (page: HotPage, coding: Coding) =>
        coding === undefined ? page.identity : (page[coding] ?? encoded(page, coding))

      return HotPages.of({ find, keep, writtenIn, weight: () => weight })
    })
  )
}

/** The coding in which the page goes to a client with this Accept-Encoding. */
export const pageCoding = (page: HotPage, accept: string | undefined) => codingOf(accept, page.identity.bytes.length)
