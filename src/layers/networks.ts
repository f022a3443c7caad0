/** IP addresses and networks as people write them. */
import { BlockList, isIP, SocketAddress } from "node:net"

const mapped = "::ffff:"

/** The one usual spelling of an address; an IPv4 address inside IPv6 (`::ffff:192.0.2.1`) is itself. */
export const canonicalAddress = (text: string): string | undefined => {
  const family = isIP(text)
  if (family !== 6) return family === 4 ? text : undefined
  const { address } = new SocketAddress({ address: text, family: "ipv6" })
  return address.startsWith(mapped) && address.includes(".") ? address.slice(mapped.length) : address
}

type Network = { readonly address: string; readonly family: "ipv4" | "ipv6"; readonly prefix: number }

/** `192.0.2.1` or `10.0.0.0/8`. A network of every address is none: whoever is trusted by it is anybody. */
const networkIn = (text: string): Network | undefined => {
  const [written = "", prefixText, ...rest] = text.split("/")
  const address = canonicalAddress(written)
  if (address === undefined || rest.length > 0) return undefined
  const family = isIP(address) === 4 ? "ipv4" : "ipv6"
  const width = family === "ipv4" ? 32 : 128
  if (prefixText === undefined) return { address, family, prefix: width }
  const prefix = /^\d{1,3}$/.test(prefixText) && isIP(written) === isIP(address) ? Number(prefixText) : 0
  return prefix >= 1 && prefix <= width ? { address, family, prefix } : undefined
}

export const isNetwork = (text: string) => networkIn(text) !== undefined

/** A test for being in one of these networks, for addresses in their usual spelling. */
export const isInSomeOf = (networks: ReadonlyArray<string>) => {
  const list = new BlockList()
  for (const { address, family, prefix } of networks.flatMap((text) => networkIn(text) ?? [])) {
    list.addSubnet(address, prefix, family)
  }
  return (address: string) => list.check(address, address.includes(":") ? "ipv6" : "ipv4")
}

/** What one customer holds: an IPv4 address, or the whole /64 around an IPv6 address. */
export const subscriberOf = (address: string) => {
  if (!address.includes(":")) return address
  const [head = [], tail = []] = address.split("::").map((half) => half.split(":").filter((group) => group !== ""))
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => "0")
  return `${[...head, ...zeros, ...tail].slice(0, 4).join(":")}::/64`
}
