const arabic = /[^\p{Script=Arabic}\p{Nd}]+/gu

/**
 * The readable part of an address: ASCII letters and digits of the name, or its Arabic letters when it has no others.
 */
export const slugOf = (name: string) => {
  const ascii = name
    .toLowerCase()
    .replaceAll("œ", "oe")
    .normalize("NFD")
    .replace(/[\u0300-\u036F]/g, "")
    .replace(/[^a-z0-9]+/g, "-")
  const slug = /[a-z0-9]/.test(ascii) ? ascii : name.replace(arabic, "-")
  return (
    slug
      .replace(/^-+|-+$/g, "")
      .slice(0, 80)
      .replace(/-+$/, "") || "produit"
  )
}
