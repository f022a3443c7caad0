import { automotiveSports } from "./products/automotive-sports.ts"
import { booksOffice } from "./products/books-office.ts"
import { care } from "./products/care.ts"
import { electronics } from "./products/electronics.ts"
import { family } from "./products/family.ts"
import { fashion } from "./products/fashion.ts"
import { food } from "./products/food.ts"
import { homeGarden } from "./products/home-garden.ts"
import { perfumeMakeup } from "./products/perfume-makeup.ts"
import type { DemoProduct } from "./products/product.ts"
import { wellbeing } from "./products/wellbeing.ts"

export type { DemoProduct } from "./products/product.ts"

/** The 200 products of the demo shops. */
export const demoProducts: ReadonlyArray<DemoProduct> = [
  ...perfumeMakeup,
  ...care,
  ...wellbeing,
  ...fashion,
  ...electronics,
  ...automotiveSports,
  ...food,
  ...homeGarden,
  ...family,
  ...booksOffice
]
