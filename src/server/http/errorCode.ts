/** A failure's code on the wire is its tag in upper-case words: `OutOfStock` → `OUT_OF_STOCK`. */
export const codeOf = (tag: string) => tag.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toUpperCase()
