const known = new Map<string, boolean>()
const mostKnown = 1000

const begins = /^\s*(?:\/\*[^*]*\*\/\s*)?(?:SELECT|WITH|VALUES)\b/i
const mayWait = /\b(?:INSERT|UPDATE|DELETE|MERGE|FOR|pg_\w*advisory\w*)\b/i

/**
 * Whether a statement can be told to change and to lock nothing. PostgreSQL holds those to it that are: their connections
 * are read-only. A word that only looks like a change costs nothing but a connection of its own.
 */
export const onlyReads = (statement: string) => {
  const found = known.get(statement)
  if (found !== undefined) return found
  const reads = begins.test(statement) && !mayWait.test(statement)
  if (known.size >= mostKnown) known.clear()
  known.set(statement, reads)
  return reads
}
