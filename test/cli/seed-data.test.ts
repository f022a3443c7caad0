import { describe, expect, it } from "vitest"
import { categories } from "../../migrations/data/categories.ts"
import { wilayas } from "../../migrations/data/wilayas.ts"
import { demoCustomers } from "../../src/cli/seed/demo-customers.ts"
import { demoProducts } from "../../src/cli/seed/demo-products.ts"
import { demoShops } from "../../src/cli/seed/demo-shops.ts"
import { generatedId } from "../../src/cli/seed/uuid.ts"
import { customerAt, distinctNames, productAt } from "../../src/cli/seed/vocabulary.ts"
import { variants } from "../../src/cli/seed/words.ts"

const phone = /^\+213[567]\d{8}$/
const arabicLetter = /[\u0621-\u063A\u0641-\u064A]/
// Letters of Persian or Urdu keyboards look alike and are not found by a search.
const arabicText = /^[\u0621-\u063A\u0641-\u064A،؛؟ \p{Script=Latin}\d.,:%+×/-]+$/u
const latinWords = (text: string) => text.match(/\p{Script=Latin}+/gu) ?? []

const slugs = categories.flatMap((root) => [root.slug, ...(root.children ?? []).map((child) => child.slug)])
const rootOf = new Map(
  categories.flatMap((root) => [root, ...(root.children ?? [])].map((category) => [category.slug, root.slug]))
)
const wilayaCodes = new Set(wilayas.map((wilaya) => wilaya.code))
const roots =
  "perfume, makeup, skincare, haircare, fashion, accessories, electronics, phones, automotive, food, home, beauty, health, sports, toys, books, garden, pets, baby, office, other"

const expectArabic = (text: string) => {
  expect(text).toMatch(arabicText)
  expect(text).toMatch(arabicLetter)
}
const expectDinars = (amount: number) => {
  expect(amount).toBeGreaterThan(0)
  expect(amount).toBe(Number(amount.toFixed(2)))
}
const expectDistinct = (values: ReadonlyArray<unknown>) => expect(new Set(values).size).toBe(values.length)

describe("generated ids", () => {
  it("differ by what they are of, where number and time are the same", () => {
    const time = Date.UTC(2026, 4, 1)
    expectDistinct((["seller", "customer", "product", "order"] as const).map((kind) => generatedId(kind, time, 7)))
  })
})

describe("wilayas", () => {
  it("are 69, numbered from 1, dated by the laws of 1984, 2019 and 2026, later ones with whom they were part of", () => {
    expect(wilayas.map((wilaya) => wilaya.code)).toEqual(Array.from({ length: 69 }, (_, index) => index + 1))
    expect(wilayas.filter((wilaya) => wilaya.valid_from === "2019-12-18").map((wilaya) => wilaya.code)).toEqual(
      Array.from({ length: 10 }, (_, index) => index + 49)
    )
    expect(
      wilayas.filter((wilaya) => wilaya.valid_from === "2026-04-04").map(({ code, parent }) => [code, parent])
    ).toEqual([3, 5, 7, 12, 13, 14, 17, 17, 26, 28, 32].map((parent, index) => [index + 59, parent]))
    for (const { code, parent } of wilayas) expect(parent === null).toBe(code < 49)
  })

  it("have distinct names in both scripts", () => {
    expectDistinct(wilayas.map((wilaya) => wilaya.name_fr))
    expectDistinct(wilayas.map((wilaya) => wilaya.name_ar))
    for (const { name_ar } of wilayas) {
      expectArabic(name_ar)
      expect(latinWords(name_ar)).toEqual([])
    }
  })
})

describe("categories", () => {
  it("begin with the roots that were promised, in that order", () => {
    expect(categories.map((category) => category.slug).join(", ")).toBe(roots)
  })

  it("have slugs that are unique over the whole tree, and Arabic labels", () => {
    expectDistinct(slugs)
    for (const { name_ar } of categories.flatMap((root) => [root, ...(root.children ?? [])])) {
      expectArabic(name_ar)
      expect(latinWords(name_ar)).toEqual([])
    }
  })
})

describe("demo shops and customers", () => {
  it("have two shops of each seller category, the category's default user first", () => {
    expect(demoShops.map(({ user }) => [user.seller_category, user.name === undefined])).toEqual(
      ["importateur", "grossiste", "fournisseur"].flatMap((seller_category) => [
        [seller_category, true],
        [seller_category, false]
      ])
    )
    expectDistinct(demoShops.map((shop) => shop.slug))
    for (const shop of demoShops) expectArabic(shop.full_name_ar)
  })

  it("have valid phones, all different, and live in wilayas", () => {
    expect(demoCustomers.length).toBeGreaterThanOrEqual(20)
    const everyone = [...demoShops, ...demoCustomers]
    expectDistinct(everyone.map((one) => one.phone))
    for (const one of everyone) {
      expect(one.phone).toMatch(phone)
      expect(wilayaCodes).toContain(one.wilaya_code)
    }
    for (const { name_ar } of demoCustomers) if (name_ar) expectArabic(name_ar)
  })
})

describe("demo products", () => {
  it("are 200 of different names in both languages", () => {
    expect(demoProducts).toHaveLength(200)
    expectDistinct(demoProducts.map((product) => product.name))
    expectDistinct(demoProducts.map((product) => product.name_ar))
  })

  it("fill every root category and every shop", () => {
    for (const { category } of demoProducts) expect(slugs).toContain(category)
    expect(new Set(demoProducts.map((product) => rootOf.get(product.category))).size).toBe(categories.length)
    expect(new Set(demoProducts.map((product) => product.shop))).toEqual(new Set(demoShops.keys()))
  })

  it("have prices in dinars, and a former price that was higher where there is one", () => {
    for (const { price, original_price } of demoProducts) {
      expectDinars(price)
      if (original_price === undefined) continue
      expectDinars(original_price)
      expect(original_price).toBeGreaterThan(price)
    }
  })

  it("have whole quantities, some untracked, some sold out, some by the dozen", () => {
    for (const { stock, min_order_quantity = 1 } of demoProducts) {
      if (stock !== null) expect(stock >= 0 && Number.isInteger(stock)).toBe(true)
      expect(min_order_quantity >= 1 && Number.isInteger(min_order_quantity)).toBe(true)
    }
    expect(demoProducts.some((product) => product.stock === null)).toBe(true)
    expect(demoProducts.some((product) => product.stock === 0)).toBe(true)
    expect(demoProducts.some((product) => (product.min_order_quantity ?? 1) > 1)).toBe(true)
  })

  it("come in variants where people choose a size, a colour or a content", () => {
    const several = demoProducts.flatMap(({ variants }) => (variants === undefined ? [] : [variants]))
    expect(several.length).toBeGreaterThan(2)
    for (const variants of several) expectDistinct(variants.map(({ options }) => JSON.stringify(options)))
    expect(several.flat().some(({ price }) => price !== undefined)).toBe(true)
  })

  it("are described in Arabic letters, Latin only for words of the French name", () => {
    for (const { name, name_ar, description_ar } of demoProducts) {
      for (const text of [name_ar, ...(description_ar ? [description_ar] : [])]) {
        expectArabic(text)
        for (const word of latinWords(text)) expect(name).toContain(word)
      }
    }
  })
})

describe("the load generator", () => {
  const sample = Array.from({ length: 100_000 }, (_, i) => productAt(i))

  it("has a name of its own for each of ten million products", () => {
    expect(distinctNames).toBeGreaterThanOrEqual(10_000_000)
    for (const list of Object.values(variants)) expect(list).toHaveLength(8)
    expectDistinct(sample.map((product) => product.name))
    expectDistinct(sample.map((product) => product.name_ar))
    expectDistinct([productAt(7), productAt(7 + distinctNames), productAt(7 + 2 * distinctNames)].map((p) => p.name))
  })

  it("says the same of a product each time", () => {
    expect([0, 1, 9_999_999].map(productAt)).toEqual([0, 1, 9_999_999].map(productAt))
  })

  it("keeps to known categories and to sensible prices and stocks", () => {
    expect(new Set(sample.map((product) => rootOf.get(product.category)))).toEqual(new Set(rootOf.values()))
    const wrong = sample.filter(
      ({ price_dinars: price, original_price: old, stock }) =>
        !(Number.isInteger(price) && price >= 50 && price <= 1_000_000) ||
        !(old === undefined || (Number.isInteger(old) && old > price)) ||
        !(stock === null || (Number.isInteger(stock) && stock >= 0))
    )
    expect(wrong).toEqual([])
  })

  it("writes Arabic names in Arabic letters", () => {
    expect(sample.filter(({ name_ar }) => !arabicText.test(name_ar) || !arabicLetter.test(name_ar))).toEqual([])
  })

  it("gives customers valid phones, all different, in every wilaya", () => {
    const customers = Array.from({ length: 20_000 }, (_, i) => customerAt(i))
    expectDistinct(customers.map((customer) => customer.phone))
    expect(customers.filter((customer) => !phone.test(customer.phone))).toEqual([])
    expect(new Set(customers.map((customer) => customer.wilaya_code))).toEqual(wilayaCodes)
  })
})
