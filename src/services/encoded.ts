/**
 * JSON that PostgreSQL has already written in its wire form. `A` is the wire type that it decodes to; the contract
 * tests hold every such answer against its schema.
 */
declare const Wire: unique symbol
export type Encoded<A> = string & { readonly [Wire]: A }

/** The body of the answer that shows it. */
export const dataText = (data: Encoded<unknown>) => `{"data":${data}}`

export const encoded = <A>(json: string) => json as Encoded<A>

export const encodedArray = <A>(items: ReadonlyArray<string>) => encoded<ReadonlyArray<A>>(`[${items.join(",")}]`)
