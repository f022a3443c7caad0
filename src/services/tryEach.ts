import { Effect } from "effect"

/**
 * Works through all of them, one after the other: one that fails keeps no other from it, and is told of. What was done of
 * the others, and how many failed.
 */
export const tryEach = Effect.fnUntraced(function* <Id extends string, A, E, R>(
  ids: Iterable<Id>,
  work: (id: Id) => Effect.Effect<A, E, R>,
  failing: string
) {
  const done: Array<A> = []
  let failed = 0
  for (const id of ids) {
    yield* Effect.matchCauseEffect(work(id), {
      onSuccess: (result) => Effect.sync(() => done.push(result)),
      onFailure: (cause) =>
        Effect.andThen(
          Effect.sync(() => failed++),
          Effect.logError(failing, cause).pipe(Effect.annotateLogs({ id }))
        )
    })
  }
  return { done, failed }
})
