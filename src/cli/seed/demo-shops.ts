import type { SellerCategory } from "../../services/auth/model.ts"

export interface DemoShop {
  /** What the development issuer is asked for; without a name, the category's default user, whose token `npm start` prints. */
  readonly user: { readonly seller_category: SellerCategory; readonly name?: string }
  readonly full_name: string
  readonly full_name_ar: string
  readonly slug: string
  readonly description: string
  readonly phone: string
  readonly wilaya_code: number
}

/** Two of each seller category, the default user's first. A demo product's `shop` is an index in this list. */
export const demoShops: ReadonlyArray<DemoShop> = [
  {
    user: { seller_category: "importateur" },
    full_name: "Atlas Import",
    full_name_ar: "أطلس للاستيراد",
    slug: "atlas-import",
    description:
      "Téléphones, informatique et parfums importés, garantis et facturés. Bab Ezzouar, livraison dans les 69 wilayas.",
    phone: "+213550100201",
    wilaya_code: 16
  },
  {
    user: { seller_category: "importateur", name: "sidali" },
    full_name: "Wahran Auto et Équipement",
    full_name_ar: "وهران للسيارات والتجهيز",
    slug: "wahran-auto-et-equipement",
    description: "Pièces auto, matériel de sport, outillage et électroménager, importés par conteneur au port d'Oran.",
    phone: "+213661100202",
    wilaya_code: 31
  },
  {
    user: { seller_category: "grossiste" },
    full_name: "El Eulma Gros",
    full_name_ar: "العلمة للجملة",
    slug: "el-eulma-gros",
    description: "Grossiste du marché Dubaï d'El Eulma : cuisine, jouets, bébé et fournitures, à l'unité ou par colis.",
    phone: "+213770100203",
    wilaya_code: 19
  },
  {
    user: { seller_category: "grossiste", name: "nassima" },
    full_name: "Nassima Cosmétiques",
    full_name_ar: "نسيمة لمستحضرات التجميل",
    slug: "nassima-cosmetiques",
    description: "Maquillage, soins de la peau et des cheveux pour particuliers, instituts et parapharmacies. Blida.",
    phone: "+213552100204",
    wilaya_code: 9
  },
  {
    user: { seller_category: "fournisseur" },
    full_name: "Terroir du Djurdjura",
    full_name_ar: "خيرات جرجرة",
    slug: "terroir-du-djurdjura",
    description: "Huile d'olive, miels, figues et plantes de montagne, achetés directement aux producteurs de Kabylie.",
    phone: "+213663100205",
    wilaya_code: 15
  },
  {
    user: { seller_category: "fournisseur", name: "yasmine" },
    full_name: "Dar Yasmine",
    full_name_ar: "دار ياسمين",
    slug: "dar-yasmine",
    description:
      "Atelier de Tlemcen : karakous, caftans, djellabas et bijoux, prêt-à-porter et accessoires de famille.",
    phone: "+213772100206",
    wilaya_code: 13
  }
]
