/**
 * The one way in which endpoints answer. A handler returns what its endpoint declares, already in its wire form; status
 * and envelope are the contract's.
 */
import { Context, Effect, Layer, type Schema, Scope } from "effect"
import type { HttpRouter } from "effect/http"
import { type HttpApi, HttpApiBuilder, type HttpApiEndpoint, type HttpApiGroup } from "effect/http-api"
import type { Page } from "../services/list.ts"
import type { PageMeta } from "../services/model.ts"
import type { Encoded, Written } from "../services/wire.ts"
import { Api } from "./Api.ts"
import type { DataOf, PageOf } from "./api/envelope.ts"
import { replyOf } from "./http/reply.ts"

type Endpoint = HttpApiEndpoint.Constraint
type Endpoints = Readonly<Record<string, Endpoint>>

type AnswerBy<Success> = [Success] extends [PageOf<infer Item, infer Meta>]
  ? Page<Item["Type"], Extract<Meta["Type"], PageMeta>>
  : [Success] extends [DataOf<infer Data, infer Status>]
    ? [200 | 201] extends [Status]
      ? Written<Data["Type"]>
      : Encoded<Data["Type"]>
    : never

/** What the handler of an endpoint answers: never a response of its own making, nor the JSON of anything else. */
export type Answer<E extends Endpoint> =
  E["~Success"] extends Schema.toCodecJson<infer Success> ? AnswerBy<Success> : never

type Plain<E extends Endpoint> = HttpApiEndpoint.Handler<E, HttpApiEndpoint.MiddlewareError<E>, unknown>
type Raw<E extends Endpoint> = HttpApiEndpoint.HandlerRaw<E, HttpApiEndpoint.MiddlewareError<E>, unknown>

type Answering<E extends Endpoint, H extends Plain<E> | Raw<E>> = (
  ...request: Parameters<H>
) => Effect.Effect<Answer<E>, Effect.Error<ReturnType<H>>, unknown>

/** A handler, or one that reads the request's body itself. */
type Entry<E extends Endpoint> = Answering<E, Plain<E>> | { readonly raw: Answering<E, Raw<E>> }

type AnyHandler = (request: never) => Effect.Effect<unknown, unknown, unknown>
type AnyEntry = AnyHandler | { readonly raw: AnyHandler }

type NeedsOf<H> = H extends AnyHandler
  ? Effect.Services<ReturnType<H>>
  : H extends { readonly raw: AnyHandler }
    ? Effect.Services<ReturnType<H["raw"]>>
    : never

type Requirements<E extends Endpoint, Needs> =
  | HttpApiEndpoint.Middleware<E>
  | HttpApiEndpoint.MiddlewareServices<E>
  | ([Needs] extends [never] ? never : HttpRouter.Request.From<"Requires", Needs>)

type RequirementsOf<All extends Endpoints, Given> = {
  [Name in keyof Given & keyof All]: Requirements<
    All[Name],
    HttpApiEndpoint.ExcludeProvided<All[Name], NeedsOf<Given[Name]> | HttpApiEndpoint.ServerServices<All[Name]>>
  >
}[keyof Given & keyof All]

/** Takes the handlers of a group's endpoints, all of them and no others. */
export type Answers<All extends Endpoints> = <const Given extends { readonly [Name in keyof All]: Entry<All[Name]> }>(
  given: Given & { readonly [_ in Exclude<keyof Given, keyof All>]: never }
) => HttpApiBuilder.Handlers<RequirementsOf<All, Given>, All, keyof All>

type Groups = typeof Api extends HttpApi.HttpApi<string, infer Declared> ? Declared : never

/** The handlers of a group of the contract. */
export const answersOf = <const Name extends HttpApiGroup.Identifier<Groups>, Return>(
  name: Name,
  build: (
    answers: Answers<HttpApiGroup.WithIdentifier<Groups, Name>["endpoints"]>
  ) => HttpApiBuilder.Handlers.ValidateReturn<Return>
) =>
  Layer.unwrap(
    Effect.contextWith((services: Context.Context<never>) =>
      Effect.succeed(
        lean(
          HttpApiBuilder.group(Api, name, (handlers) => {
            const built = build((given) => registered(handlers as never, Api.groups[name], given as never) as never)
            return (Effect.isEffect(built) ? Effect.provideContext(built, services) : built) as typeof built
          }),
          Api.groups[name]
        )
      )
    )
  )

/**
 * A group keeps the context that it is built in, and gives it to each request, by copying it: of all services that
 * handlers are built with, those are left that requests go through.
 */
const lean = <A, E, R>(layer: Layer.Layer<A, E, R>, { endpoints }: { readonly endpoints: Tops }) => {
  const middlewares = Object.values(endpoints).flatMap((endpoint) => [...endpoint.middlewares])
  const kept = Context.pick(Scope.Scope, Layer.CurrentMemoMap, ...middlewares)
  return Layer.effectContext(Effect.updateContext(Layer.build(layer), kept as never)) as typeof layer
}

type Tops = Readonly<Record<string, HttpApiEndpoint.Top>>

/** The types above say what these handlers are; here they are all alike. */
const registered = (
  handlers: HttpApiBuilder.Handlers<never, Tops>,
  { endpoints }: { readonly endpoints: Tops },
  given: Readonly<Record<string, AnyEntry>>
) => {
  for (const [name, entry] of Object.entries(given)) {
    const reply = replyOf(endpoints[name]?.success ?? new Set())
    const replying = (handler: AnyHandler) => (request: unknown) =>
      Effect.map(handler(request as never), (answer) => reply(answer as never))
    if (typeof entry === "function") handlers.handle(name, replying(entry))
    else handlers.handleRaw(name, replying(entry.raw))
  }
  return handlers
}
