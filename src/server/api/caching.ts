/** What an endpoint says of caches. Whatever says nothing is private, and kept by none. */
import { Context } from "effect"

/** The `Cache-Control` of a read that is everybody's, while it comes without credentials. */
export class SharedCache extends Context.Service<SharedCache, string>()("zst/SharedCache") {}

/** Kept, and asked for again by its tag every time: a changed price shows at once, an unchanged one costs no body. */
export const revalidated = "public, no-cache"

export const keptByNobody = "private, no-store"

/** Kept for so many seconds without asking. */
export const keptFor = (seconds: number) => `public, max-age=${seconds}`
