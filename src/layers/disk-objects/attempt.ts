import { Effect } from "effect"
import { ObjectStoreError } from "../../services/media/ObjectStore.ts"

export const attempt = <A>(operation: string, work: () => Promise<A>) =>
  Effect.tryPromise({ try: work, catch: (cause) => new ObjectStoreError({ operation, cause }) })
