/** IP addresses and networks as people write them. */
import { Result } from "effect"
import { IpNetwork, NetAddress } from "effect/net"

/** An IPv4 address inside IPv6 (`::ffff:192.0.2.1`) is itself; a zone (`%eth0`) is no part of an address. */
const parsed = (text: string) =>
  Result.map(NetAddress.ipFromString(text.replace(/%[^%/]*$/, "")), (address) => NetAddress.toCanonical(address))

/** The one usual spelling of an address. */
export const canonicalAddress = (text: string): string | undefined =>
  Result.getOrUndefined(Result.map(parsed(text), NetAddress.formatIp))

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

/** A test for being in one of these networks. */
export const isInSomeOf = (texts: ReadonlyArray<string>) => {
  const networks = texts.flatMap((text) => networkIn(text) ?? [])
  return (address: string) =>
    Result.match(parsed(address), {
      onFailure: () => false,
      onSuccess: (ip) => networks.some((network) => IpNetwork.contains(network, ip))
    })
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
