/**
 * Numbers of advisory locks, one for each purpose in a database: those of a transaction or a session that stand alone, and
 * those that come before another key. Writers of events have 7305008, of which their migration knows. What a client
 * chooses is a second key of its purpose: a text can be made for any hash, and would be anybody's lock.
 */
export const locks = {
  migrations: 7_305_001,
  demo: 7_305_002,
  words: 7_305_004,
  events: 7_305_008,
  consumers: 7_305_009,
  products: 7_305_010,
  people: 7_305_011,
  pushTokens: 7_305_012
} as const
