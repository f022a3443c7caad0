/** A statement and where each of its parameters comes from: a value, or the request's part of that name. */
export type Template = {
  readonly text: string
  readonly params: ReadonlyArray<{ readonly value: unknown } | { readonly from: string }>
}

export const shapeOf = (sort: string, categories: number, withMaximum: boolean) =>
  `${sort} ${categories} ${withMaximum ? "to" : ""}`
