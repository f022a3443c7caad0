/** Colour profiles that a stranger sent: little programs, which a colour engine runs for every pixel. */

/** Those of cameras and screens have kilobytes, those of presses two million. */
export const maxProfileBytes = 4_000_000

const headerLength = 128
const maxTags = 100

/**
 * Whether each pixel costs the same: by curves, a matrix and a table. A chain of elements (`mpet`, in `D2B0` and the like)
 * may name one of a few bytes a hundred thousand times.
 */
export const isSimpleProfile = (profile: Buffer) => {
  if (profile.length < headerLength + 4 || profile.length > maxProfileBytes) return false
  const count = profile.readUInt32BE(headerLength)
  if (count > maxTags || headerLength + 4 + 12 * count > profile.length) return false
  return Array.from({ length: count }, (_, i) => headerLength + 4 + 12 * i).every((at) => {
    const [name, offset] = [profile.toString("latin1", at, at + 4), profile.readUInt32BE(at + 4)]
    return !/^(?:D2B|B2D)/.test(name) && profile.toString("latin1", offset, offset + 4) !== "mpet"
  })
}
