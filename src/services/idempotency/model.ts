/** A request that is to take effect once, however often it is sent. */
export type KeyedRequest = {
  /** Who asks; and the credentials of who asks without an account. The same key of another caller is another key. */
  readonly caller: string
  /** Method and path. The same key at another route is another key. */
  readonly route: string
  readonly key: string
  readonly query: string
  readonly body: Uint8Array
}

/** An answer, as it goes over the wire. */
export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** As the IETF draft and Stripe have it: visible ASCII, 255 characters at most. */
export const isIdempotencyKey = (key: string) => /^[\x21-\x7e]{1,255}$/.test(key)
