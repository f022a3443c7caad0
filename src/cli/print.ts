/** What a command was asked for goes to standard output, and nothing else does. */
export const print = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

export const printJson = (value: unknown) => print(JSON.stringify(value, null, 2))

/** Of a program that goes on printing: every line is a value. */
export const printJsonLine = (value: unknown) => print(JSON.stringify(value))

/** Why something failed, without its stack; of data that does not fit, where in it that is. */
export const failureLine = (failure: string | null) => {
  const [, why = "", where] = /^(.*)(?:\n\s+(at \[.*))?/.exec(failure ?? "") ?? []
  return where === undefined ? why : `${why} ${where}`
}

/** Rows under a head, as wide as they need to be; the last column runs free. */
export const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>) => {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: ReadonlyArray<string>) =>
    cells
      .map((cell, column) => (column === head.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd()
  return [line(head), line(widths.map((width) => "─".repeat(width))), ...rows.map(line)].join("\n")
}
