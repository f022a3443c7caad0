import { script } from "./script.ts"

export default script([
  // The table jobs is the queue's own (src/layers/JobQueue.ts). Counting dead letters and forgetting what was done must
  // not read all of it.
  `CREATE INDEX jobs_settled ON jobs (state, updated_at) WHERE state <> 'pending'`,

  // What a job has done, written with its effect: a job that is run again finds it.
  `CREATE TABLE job_effects (
    id text PRIMARY KEY,
    created_at timestamptz(3) NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX job_effects_created ON job_effects (created_at)`
])
