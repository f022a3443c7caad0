import { Context, Effect, Layer, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { Audit } from "../audit/Audit.ts"
import type { ShopClosed } from "../auth/errors.ts"
import type { Caller } from "../auth/model.ts"
import { People } from "../auth/People.ts"
import { invalidField, type ValidationFailed } from "../errors.ts"
import { Events } from "../events/Events.ts"
import {
  type Expected,
  namesVersion,
  type PreconditionFailed,
  PreconditionRequired,
  requireVersion
} from "../precondition.ts"
import { sqlOrDie } from "../sql.ts"
import { Uses } from "../Uses.ts"
import { type Encoded, readFirst } from "../wire.ts"
import type { ProductNotFound } from "./errors.ts"
import { productChanged, productPriced, productStocked } from "./events.ts"
import { Freshness } from "./Freshness.ts"
import { type HeldProduct, type HeldSku, makeHold } from "./holdProduct.ts"
import { imagesOf } from "./imageSql.ts"
import type { Product } from "./model.ts"
import { productJoins, productJson } from "./productSql.ts"
import { type NewVariant, Options, type SetVariants, SkuId } from "./skuModel.ts"
import { settlePrices } from "./skuSql.ts"
import { hasMoved, moverOf, recount } from "./stockSql.ts"

/**
 * A variant as it is to be, and what it was. Of one that was taken off, and that its options find again, only who it was
 * counts: nobody sees what else it had.
 */
type Target = NewVariant & {
  readonly before: HeldSku | undefined
  readonly isNew: boolean
  readonly sku: SkuId
}

/** Of a product, those of its past orders included. */
const maxSkus = 1000

export class Variants extends Context.Service<
  Variants,
  {
    /**
     * Sets all variants of a product at once. What is left out is archived if an order or a cart holds it or its stock
     * moved, else deleted.
     */
    readonly set: (
      caller: Caller,
      product: string,
      input: SetVariants,
      expected?: Expected
    ) => Effect.Effect<
      Encoded<Product>,
      ProductNotFound | ShopClosed | PreconditionFailed | PreconditionRequired | ValidationFailed
    >
  }
>()("zst/catalog/Variants") {
  static readonly layer = Layer.effect(
    Variants,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const freshness = yield* Freshness
      const audit = yield* Audit
      const events = yield* Events
      const hold = makeHold(sql, yield* People)
      const unused = sql.literal((yield* Uses).isUnused("skus", "k"))

      const read = (id: string) =>
        readFirst(
          productJson,
          (json) => sql`SELECT ${json} FROM products p ${productJoins(sql)} WHERE p.id = ${id}`,
          () => Effect.die(`Product ${id} vanished`)
        )

      const checkImages = Effect.fnUntraced(function* (product: HeldProduct, targets: ReadonlyArray<Target>) {
        if (!targets.some(({ image_id }) => image_id != null)) return
        const images = new Set((yield* imagesOf(sql, product.id)).map(({ id }) => id))
        const wrong = targets.findIndex(({ image_id }) => image_id != null && !images.has(image_id.toLowerCase()))
        if (wrong >= 0) return yield* invalidField(`variants[${wrong}].image_id`, "This product has no such picture")
      })

      const write = Effect.fnUntraced(function* (
        product: string,
        { sku, before, isNew: _, ...variant }: Target,
        position: number
      ) {
        const { code = before?.code ?? null, price = before?.price ?? null } = variant
        const { image_id = before?.image_id ?? null } = variant
        const options = encodeOptions(variant.options ?? {})
        yield* sql`
          INSERT INTO skus (id, product_id, code, options, price, image_id, position, stock)
          VALUES (${sku}, ${product}, ${code}, ${options}::text::jsonb, ${price}, ${image_id}, ${position}, 0)
          ON CONFLICT (id) DO UPDATE SET code = excluded.code, options = excluded.options, price = excluded.price,
            image_id = excluded.image_id, position = excluded.position, archived = false`
      })

      const set = Effect.fn("Variants.set")(
        function* (caller: Caller, id: string, { variants }: SetVariants, expected?: Expected) {
          const product = yield* hold(caller, id)
          const targets = yield* matched(product, variants)
          if (
            targets.some(({ before, stock }) => before !== undefined && stock !== undefined) &&
            !namesVersion(expected)
          ) {
            return yield* new PreconditionRequired({ reason: "A stock is counted at one moment." })
          }
          yield* requireVersion(expected, read(product.id))
          yield* checkImages(product, targets)
          const of = { id: product.id, seller_id: product.seller_id }
          const entity = { entity: product.id }
          // None of them first, so that two may exchange their options.
          yield* sql`UPDATE skus SET archived = true WHERE product_id = ${product.id} AND NOT archived`
          const stocked: Array<(typeof productStocked.payload)["Type"]> = []
          for (const [position, target] of targets.entries()) {
            yield* write(product.id, target, position)
            const { before, isNew, sku, stock = before === undefined ? null : undefined } = target
            if (stock === undefined) continue
            yield* recount(sql, sku, stock, isNew ? "opening" : "recount", moverOf(caller))
            if (stock !== (before?.stock ?? null)) stocked.push({ ...of, sku_id: sku, stock })
          }
          yield* sql`DELETE FROM skus k WHERE k.product_id = ${product.id} AND k.archived AND ${unused}
            AND NOT ${sql.literal(hasMoved("k"))}`
          const [prices] = yield* settlePrices(sql, product.id)
          yield* sql`UPDATE products SET updated_at = now() WHERE id = ${product.id}`
          if (caller.role === "admin") {
            const author = { id: caller.id, name: "admin" }
            const before = { variants: product.skus.filter(({ archived }) => !archived) }
            const entry = { action: "product.variants", subject_id: product.id, about: product.seller_id } as const
            yield* audit.record(author, { ...entry, before, after: { variants } })
          }
          yield* sql.afterCommit(freshness.changed)
          const answer = yield* read(product.id)
          yield* events.emitAll(productStocked, stocked, entity)
          if (prices !== undefined) yield* events.emit(productPriced, { ...of, ...prices }, entity)
          yield* events.emit(productChanged, { ...of, fields: ["variants"] }, entity)
          return answer
        },
        sql.withTransaction,
        sqlOrDie
      )

      return Variants.of({ set })
    })
  )
}

const encodeOptions = Schema.encodeSync(Schema.fromJsonString(Options))

/** The same for the same options, in whatever order they are named and however they are written. */
const keyOf = (options: Options) =>
  JSON.stringify(
    Object.entries(options)
      .map(([name, value]) => [name, value].map((text) => text.normalize("NFC").toLowerCase()))
      .sort(([a = ""], [b = ""]) => (a < b ? -1 : 1))
  )

/** Which sku each variant is: the one that it names, else the one with its options, else a new one. */
const matched = Effect.fnUntraced(function* ({ skus }: HeldProduct, variants: ReadonlyArray<NewVariant>) {
  const byId = new Map(skus.map((sku) => [String(sku.id), sku]))
  // Those for sale before those that were.
  const known = skus.toSorted((a, b) => Number(a.archived) - Number(b.archived))
  const byOptions = Map.groupBy(known, ({ options }) => keyOf(options))
  const named = new Set(variants.flatMap(({ id }) => (id === undefined ? [] : [id.toLowerCase()])))
  const taken = new Set<string>()
  const seen = new Set<string>()
  const targets: Array<Target> = []
  for (const [index, variant] of variants.entries()) {
    const { id, options } = variant
    const found =
      id === undefined
        ? byOptions.get(keyOf(options ?? {}))?.find((sku) => !named.has(sku.id) && !taken.has(sku.id))
        : byId.get(id.toLowerCase())
    if (id !== undefined && found === undefined) {
      return yield* invalidField(`variants[${index}].id`, "This product has no such variant")
    }
    if (found !== undefined && taken.has(found.id)) {
      return yield* invalidField(`variants[${index}].id`, "This variant was named before")
    }
    const key = keyOf(options ?? found?.options ?? {})
    if (seen.has(key)) {
      return yield* invalidField(`variants[${index}].options`, "Another variant has the same options")
    }
    seen.add(key)
    if (found !== undefined) taken.add(found.id)
    targets.push({
      ...variant,
      options: options ?? found?.options ?? {},
      before: id !== undefined || found?.archived === false ? found : undefined,
      isNew: found === undefined,
      sku: found?.id ?? SkuId.make(SecureRandom.uuidV7Unsafe())
    })
  }
  if (skus.length + targets.filter(({ isNew }) => isNew).length > maxSkus) {
    return yield* invalidField("variants", `A product has at most ${maxSkus} variants, those of past orders included`)
  }
  return targets
})
