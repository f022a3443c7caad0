import type { RenditionName } from "../services/media/Videos.ts"

export type Size = { readonly width: number; readonly height: number }

/** How a picture is laid before it is shown: transposed first, then mirrored. */
export type Turn = { readonly transposed: boolean; readonly mirrored: boolean; readonly upsideDown: boolean }

export const upright: Turn = { transposed: false, mirrored: false, upsideDown: false }

/**
 * Reads a display matrix (ISO 14496-12, 6.2.2): nine 32-bit integers, of which the 1st, 2nd, 4th and 5th turn
 * and mirror. Angles between the right ones are taken for the nearest of them.
 */
export const turnOf = (matrix: Buffer | null): Turn => {
  if (matrix === null || matrix.length < 36) return upright
  const [a, b, c, d] = [0, 4, 12, 16].map((at) => matrix.readInt32LE(at))
  if (a === undefined || b === undefined || c === undefined || d === undefined) return upright
  const transposed = Math.abs(b) + Math.abs(c) > Math.abs(a) + Math.abs(d)
  return transposed
    ? { transposed, mirrored: c < 0, upsideDown: b < 0 }
    : { transposed, mirrored: a < 0, upsideDown: d < 0 }
}

export const turnFilters = ({ transposed, mirrored, upsideDown }: Turn): ReadonlyArray<string> => [
  ...(transposed ? ["transpose=cclock_flip"] : []),
  ...(mirrored ? ["hflip"] : []),
  ...(upsideDown ? ["vflip"] : [])
]

export const flipped = ({ width, height }: Size): Size => ({ width: height, height: width })

/** As it is shown: square pixels, turned. */
export const shown = (coded: Size, aspect: { readonly num: number; readonly den: number }, turn: Turn): Size => {
  const ratio = aspect.num > 0 && aspect.den > 0 ? aspect.num / aspect.den : 1
  // Widening would enlarge; whatever makes pixels square by shrinking loses nothing that is seen.
  const square =
    ratio > 1
      ? { width: coded.width, height: Math.max(1, Math.round(coded.height / ratio)) }
      : { width: Math.max(1, Math.round(coded.width * ratio)), height: coded.height }
  return turn.transposed ? flipped(square) : square
}

// H.264 in 4:2:0 has even sides. Rounding down never enlarges.
const even = (length: number) => Math.max(2, Math.floor(length / 2) * 2)

const fitted = (source: Size, shortSide: number): Size => {
  const scale = Math.min(1, shortSide / Math.min(source.width, source.height))
  return { width: even(source.width * scale + 0.5), height: even(source.height * scale + 0.5) }
}

/** As large as the frame lets it be; what is a line off is stretched by it. */
export const within = (frame: Size, { width, height }: Size): Size => {
  const scale = Math.min(frame.width / width, frame.height / height)
  const side = (length: number, most: number) =>
    most - length * scale < 2 ? most : Math.min(most, even(length * scale + 0.5))
  return { width: side(width, frame.width), height: side(height, frame.height) }
}

/** The largest first. Never larger than the source: one of 540 lines or fewer has a single rendition, of its own size. */
export const renditionsOf = (source: Size): ReadonlyArray<Size & { readonly name: RenditionName }> => {
  const small = { name: "540p", ...fitted(source, 540) } as const
  return Math.min(source.width, source.height) > 540 ? [{ name: "720p", ...fitted(source, 720) }, small] : [small]
}
