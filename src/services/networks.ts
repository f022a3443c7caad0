/** IP addresses and networks as people write them. */
import { Result } from "effect"
import { IpNetwork, NetAddress } from "effect/net"

/** An IPv4 address inside IPv6 (`::ffff:192.0.2.1`) is itself; a zone (`%eth0`) is no part of an address. */
const parsed = (text: string) =>
  Result.map(NetAddress.ipFromString(text.replace(/%[^%/]*$/, "")), (address) => NetAddress.toCanonical(address))

/** Most addresses are written as usual, and need no more than a look. */
const usualIpv4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/

/** The one usual spelling of an address. */
export const canonicalAddress = (text: string): string | undefined =>
  usualIpv4.test(text) ? text : Result.getOrUndefined(Result.map(parsed(text), NetAddress.formatIp))

/** `192.0.2.1` or `10.0.0.0/8`. A network of every address is none: whoever is trusted by it is anybody. */
const networkIn = (text: string): IpNetwork.IpNetwork | undefined => {
  const [written = "", prefix, ...rest] = text.split("/")
  const address = Result.getOrUndefined(parsed(written))
  if (address === undefined || rest.length > 0) return undefined
  if (prefix === undefined) return IpNetwork.fromAddressUnsafe(address, NetAddress.width(address))
  // Of an IPv4 address inside IPv6 nobody can tell which of the two the prefix is of.
  const isPlain = written.includes(":") === NetAddress.isIpv6Address(address)
  if (!/^[1-9]\d{0,2}$/.test(prefix) || !isPlain) return undefined
  return Result.getOrUndefined(IpNetwork.fromAddress(address, Number(prefix)))
}

export const isNetwork = (text: string) => networkIn(text) !== undefined

const mostRemembered = 1000

/** An IPv4 address that is written as usual. */
const numberOf = (text: string) => text.split(".").reduce((number, part) => number * 256 + Number(part), 0)

const rangeOf = (network: IpNetwork.Ipv4Network) => ({
  first: numberOf(NetAddress.formatIp(IpNetwork.firstAddress(network))),
  last: numberOf(NetAddress.formatIp(IpNetwork.lastAddress(network)))
})

/** A test for being in one of these networks. Every client is asked about, at every request. */
export const isInSomeOf = (texts: ReadonlyArray<string>) => {
  const networks = texts.flatMap((text) => networkIn(text) ?? [])
  const ranges = networks.filter(IpNetwork.isIpv4Network).map(rangeOf)
  const remembered = new Map<string, boolean>()
  const find = (address: string) =>
    Result.match(parsed(address), {
      onFailure: () => false,
      onSuccess: (ip) => networks.some((network) => IpNetwork.contains(network, ip))
    })
  return (address: string) => {
    if (usualIpv4.test(address)) {
      const number = numberOf(address)
      return ranges.some(({ first, last }) => first <= number && number <= last)
    }
    const known = remembered.get(address)
    if (known !== undefined) return known
    const isInside = find(address)
    if (remembered.size >= mostRemembered) remembered.clear()
    remembered.set(address, isInside)
    return isInside
  }
}

/** What one customer holds: an IPv4 address, or the whole /64 around an IPv6 address. */
export const subscriberOf = (address: string) => {
  if (!address.includes(":")) return address
  return Result.match(parsed(address), {
    onFailure: () => address,
    onSuccess: (ip) =>
      NetAddress.isIpv6Address(ip) ? IpNetwork.format(IpNetwork.fromAddressUnsafe(ip, 64)) : NetAddress.formatIp(ip)
  })
}
