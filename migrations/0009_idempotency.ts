import { script } from "./script.ts"

export default script([
  // The first answer to a request that came with an Idempotency-Key. key and request are SHA-256; the answer's body is
  // sealed with what its client sent, and cannot be read from here alone: a guest's token may be in it.
  `CREATE TABLE idempotency_keys (
    key bytea PRIMARY KEY,
    request bytea NOT NULL,
    status smallint NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at)`
])
