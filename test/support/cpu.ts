/** How long this process computed for it, in milliseconds: what else the machine does is no part of it. */
export const computing = (work: () => void) => {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
