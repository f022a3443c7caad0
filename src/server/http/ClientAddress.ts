/** Whose request it is: the socket's peer, or the client that a trusted proxy speaks for. */
import type { IncomingMessage } from "node:http"
import { Effect, Option } from "effect"
import { HttpServerRequest, type HttpServerResponse } from "effect/http"
import { canonicalAddress, isInSomeOf } from "../../services/networks.ts"

/** The client's address, from the peer's and what X-Forwarded-For says; empty when the peer is gone. */
export type ClientAddress = (peer: string | undefined, forwardedFor: string | undefined) => string

type Options = {
  readonly trustedProxies: ReadonlyArray<string>
  /** A proxy on this machine names clients, and no proxy is trusted. Told once. */
  readonly onUntrusted: () => void
}

export const makeClientAddress = ({ trustedProxies, onUntrusted }: Options): ClientAddress => {
  if (trustedProxies.length > 0) {
    const isTrusted = isInSomeOf(trustedProxies)
    return (peer, forwardedFor) => {
      const address = plain(peer)
      return forwardedFor === undefined || !isTrusted(address) ? address : behind(address, forwardedFor, isTrusted)
    }
  }
  let told = false
  return (peer, forwardedFor) => {
    const address = plain(peer)
    if (forwardedFor !== undefined && !told && isLoopback(address)) {
      told = true
      onUntrusted()
    }
    return address
  }
}

/** The kernel's spelling is the usual one, but for IPv4 on a socket that takes both. */
const plain = (peer = "") => (peer.startsWith("::ffff:") ? peer.slice(7) : peer)

const isLoopback = (address: string) => address === "::1" || address.startsWith("127.")

/**
 * Each proxy writes who it heard from at the right. What is right of the first stranger was written by proxies of ours,
 * what is left of it by the stranger.
 */
const behind = (peer: string, forwardedFor: string, isTrusted: (address: string) => boolean) => {
  let client = peer
  let end = forwardedFor.length
  while (end > 0) {
    const comma = forwardedFor.lastIndexOf(",", end - 1)
    const named = addressIn(forwardedFor.slice(comma + 1, end))
    if (named === undefined) return client
    client = named
    if (!isTrusted(named)) return client
    end = comma
  }
  return client
}

const longest = "[0000:0000:0000:0000:0000:ffff:255.255.255.255]:65535".length

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
const addressIn = (entry: string) => {
  const text = entry.trim()
  if (text.length > longest) return undefined
  const [, v6, v4] = /^(?:\[([^\]]+)\](?::\d+)?|([\d.]+):\d+)$/.exec(text) ?? []
  return canonicalAddress(v6 ?? v4 ?? text)
}

/** By request, where it is not the address of the socket's peer. */
const forwarded = new WeakMap<object, string>()

export const setClientAddress = (request: IncomingMessage, address: string) => {
  if (address !== request.socket.remoteAddress) forwarded.set(request, address)
}

/** Makes `remoteAddress` the client's address for everything inside. */
export const withClientAddress = <E, R>(app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
  Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
    const address = forwarded.get(request.source)
    return address === undefined
      ? app
      : Effect.provideService(
          app,
          HttpServerRequest.HttpServerRequest,
          request.modify({ remoteAddress: Option.some(address) })
        )
  })
