/** One thing that `zst doctor` looked at. */
export type Check = {
  readonly name: string
  readonly status: "ok" | "warning" | "wrong"
  readonly found: string
  /** What to do, unless all is well. */
  readonly advice?: string
}

export const ok = (name: string, found: string): Check => ({ name, status: "ok", found })
export const warning = (name: string, found: string, advice: string): Check => ({
  name,
  status: "warning",
  found,
  advice
})
export const wrong = (name: string, found: string, advice: string): Check => ({ name, status: "wrong", found, advice })

export const isWrong = ({ status }: Check) => status === "wrong"
