/** AVIF pictures: decoded by the libheif of libvips, which does not stop until it is done, and holds all that it reads. */
import { Refused } from "./failure.ts"
import type { PictureTask } from "./protocol.ts"

/** Writes it as a PNG in sRGB, upright, of at most so many pixels on its longest side. */
export const convertAvif = async ({ file, output, longest }: PictureTask) => {
  const { default: sharp } = await import("sharp")
  sharp.cache(false)
  sharp.concurrency(1)
  sharp.block({ operation: ["VipsForeignLoad"] })
  sharp.unblock({ operation: ["VipsForeignLoadHeif"] })
  const upright = sharp(file, { failOn: "error" })
    .autoOrient()
    .resize({ width: longest, height: longest, fit: "inside", withoutEnlargement: true })
    .toColourspace("srgb")
  try {
    await upright.png({ compressionLevel: 1 }).toFile(output)
  } catch (cause) {
    throw new Refused("damaged", { cause })
  }
}
