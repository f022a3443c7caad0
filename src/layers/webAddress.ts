/** Addresses as people write them into settings, and as browsers and Clerk write the same ones. */

/** `URL` mends much of what nobody means: blanks and line breaks, backslashes, a missing slash. */
const plain = /^https?:\/\/[^\s\\?#@]+$/i

const isHost = (name: string) => /^[a-z0-9_.-]+$|^\[/.test(name)

/** An address to put paths behind, in lower case and punycode, without a slash at its end; undefined for what is none. */
export const baseUrlOf = (text: string) => {
  if (!plain.test(text) || !URL.canParse(text)) return undefined
  const { hostname, href } = new URL(text)
  return isHost(hostname) ? href.replace(/\/+$/, "") : undefined
}

/** `https://example.dz`, as the header `Origin` names it. */
export const originOf = (text: string) => {
  const base = baseUrlOf(text)
  return base !== undefined && base === new URL(base).origin ? base : undefined
}

/** One that nobody can listen to on the way. */
export const secureUrlOf = (text: string) => {
  const base = baseUrlOf(text)
  return base?.startsWith("https:") ? base : undefined
}

/** The same, or one of this machine. */
export const safeUrlOf = (text: string) => {
  const base = baseUrlOf(text)
  return base !== undefined && isLocal(base) ? base : secureUrlOf(text)
}

const isLocal = (base: string) => ["localhost", "127.0.0.1", "[::1]"].includes(new URL(base).hostname)
