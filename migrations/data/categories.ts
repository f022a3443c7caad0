export type CategoryLabels = {
  readonly slug: string
  readonly name_fr: string
  readonly name_ar: string
}

export type RootCategory = CategoryLabels & { readonly children?: ReadonlyArray<CategoryLabels> }

/** The tree to begin with. Slugs are unique over both levels; a label's position is its place here. */
export const categories: ReadonlyArray<RootCategory> = [
  {
    slug: "perfume",
    name_fr: "Parfums",
    name_ar: "عطور",
    children: [
      { slug: "perfume-women", name_fr: "Parfums femme", name_ar: "عطور نسائية" },
      { slug: "perfume-men", name_fr: "Parfums homme", name_ar: "عطور رجالية" },
      { slug: "perfume-oriental", name_fr: "Oud, musc et ambre", name_ar: "عود ومسك وعنبر" },
      { slug: "perfume-home", name_fr: "Bakhour et parfums d'intérieur", name_ar: "بخور ومعطرات المنزل" }
    ]
  },
  {
    slug: "makeup",
    name_fr: "Maquillage",
    name_ar: "مكياج",
    children: [
      { slug: "makeup-face", name_fr: "Teint", name_ar: "مكياج الوجه" },
      { slug: "makeup-eyes", name_fr: "Yeux", name_ar: "مكياج العيون" },
      { slug: "makeup-lips", name_fr: "Lèvres", name_ar: "مكياج الشفاه" },
      { slug: "makeup-nails", name_fr: "Ongles", name_ar: "العناية بالأظافر" }
    ]
  },
  {
    slug: "skincare",
    name_fr: "Soins de la peau",
    name_ar: "العناية بالبشرة",
    children: [
      { slug: "skincare-face", name_fr: "Soins du visage", name_ar: "العناية بالوجه" },
      { slug: "skincare-body", name_fr: "Soins du corps", name_ar: "العناية بالجسم" },
      { slug: "skincare-sun", name_fr: "Protection solaire", name_ar: "الوقاية من الشمس" }
    ]
  },
  {
    slug: "haircare",
    name_fr: "Soins des cheveux",
    name_ar: "العناية بالشعر",
    children: [
      { slug: "hair-shampoo", name_fr: "Shampooings et après-shampooings", name_ar: "شامبو وبلسم" },
      { slug: "hair-masks", name_fr: "Masques et huiles", name_ar: "أقنعة وزيوت الشعر" },
      { slug: "hair-colour", name_fr: "Coloration et henné", name_ar: "صبغات وحناء" },
      { slug: "hair-styling", name_fr: "Coiffage", name_ar: "تصفيف الشعر" }
    ]
  },
  {
    slug: "fashion",
    name_fr: "Mode",
    name_ar: "أزياء",
    children: [
      { slug: "fashion-women", name_fr: "Femme", name_ar: "نساء" },
      { slug: "fashion-men", name_fr: "Homme", name_ar: "رجال" },
      { slug: "fashion-kids", name_fr: "Enfant", name_ar: "أطفال" },
      { slug: "fashion-shoes", name_fr: "Chaussures", name_ar: "أحذية" },
      { slug: "fashion-traditional", name_fr: "Tenues traditionnelles", name_ar: "ألبسة تقليدية" }
    ]
  },
  {
    slug: "accessories",
    name_fr: "Accessoires",
    name_ar: "إكسسوارات",
    children: [
      { slug: "bags", name_fr: "Sacs et portefeuilles", name_ar: "حقائب ومحافظ" },
      { slug: "watches", name_fr: "Montres", name_ar: "ساعات" },
      { slug: "jewellery", name_fr: "Bijoux", name_ar: "مجوهرات" },
      { slug: "scarves", name_fr: "Foulards et lunettes", name_ar: "أوشحة ونظارات" }
    ]
  },
  {
    slug: "electronics",
    name_fr: "Électronique",
    name_ar: "إلكترونيات",
    children: [
      { slug: "computers", name_fr: "Ordinateurs", name_ar: "حواسيب" },
      { slug: "tv-audio", name_fr: "TV et son", name_ar: "تلفاز وصوتيات" },
      { slug: "gaming", name_fr: "Jeux vidéo", name_ar: "ألعاب الفيديو" },
      { slug: "networking", name_fr: "Réseau et surveillance", name_ar: "شبكات ومراقبة" }
    ]
  },
  {
    slug: "phones",
    name_fr: "Téléphones",
    name_ar: "هواتف",
    children: [
      { slug: "smartphones", name_fr: "Smartphones", name_ar: "هواتف ذكية" },
      { slug: "tablets", name_fr: "Tablettes", name_ar: "أجهزة لوحية" },
      { slug: "phone-accessories", name_fr: "Accessoires de téléphone", name_ar: "إكسسوارات الهواتف" }
    ]
  },
  {
    slug: "automotive",
    name_fr: "Auto et moto",
    name_ar: "سيارات ودراجات نارية",
    children: [
      { slug: "car-parts", name_fr: "Pièces détachées", name_ar: "قطع الغيار" },
      { slug: "car-care", name_fr: "Huiles et entretien", name_ar: "زيوت وصيانة" },
      { slug: "car-accessories", name_fr: "Accessoires auto", name_ar: "لوازم السيارات" },
      { slug: "motorcycles", name_fr: "Moto et scooter", name_ar: "دراجات نارية" }
    ]
  },
  {
    slug: "food",
    name_fr: "Alimentation",
    name_ar: "مواد غذائية",
    children: [
      { slug: "oils-honey", name_fr: "Huiles et miels", name_ar: "زيوت وعسل" },
      { slug: "dates-nuts", name_fr: "Dattes et fruits secs", name_ar: "تمور ومكسرات" },
      { slug: "coffee-tea", name_fr: "Café et thé", name_ar: "قهوة وشاي" },
      { slug: "grocery", name_fr: "Épicerie", name_ar: "بقالة" },
      { slug: "sweets", name_fr: "Gâteaux et confiseries", name_ar: "حلويات" }
    ]
  },
  {
    slug: "home",
    name_fr: "Maison",
    name_ar: "المنزل",
    children: [
      { slug: "kitchen", name_fr: "Cuisine", name_ar: "لوازم المطبخ" },
      { slug: "appliances", name_fr: "Électroménager", name_ar: "أجهزة كهرومنزلية" },
      { slug: "furniture", name_fr: "Meubles", name_ar: "أثاث" },
      { slug: "home-textiles", name_fr: "Linge et tapis", name_ar: "مفروشات وزرابي" },
      { slug: "decoration", name_fr: "Décoration", name_ar: "ديكور" }
    ]
  },
  {
    slug: "beauty",
    name_fr: "Beauté",
    name_ar: "جمال",
    children: [
      { slug: "beauty-devices", name_fr: "Appareils de beauté", name_ar: "أجهزة التجميل" },
      { slug: "hammam", name_fr: "Hammam", name_ar: "مستلزمات الحمام" },
      { slug: "men-grooming", name_fr: "Rasage et barbe", name_ar: "الحلاقة والعناية باللحية" }
    ]
  },
  {
    slug: "health",
    name_fr: "Santé",
    name_ar: "صحة",
    children: [
      { slug: "supplements", name_fr: "Compléments alimentaires", name_ar: "مكملات غذائية" },
      { slug: "medical-devices", name_fr: "Matériel médical", name_ar: "أجهزة طبية" },
      { slug: "herbs", name_fr: "Plantes et herboristerie", name_ar: "أعشاب طبية" }
    ]
  },
  {
    slug: "sports",
    name_fr: "Sports",
    name_ar: "رياضة",
    children: [
      { slug: "fitness", name_fr: "Musculation et fitness", name_ar: "لياقة بدنية" },
      { slug: "football", name_fr: "Football", name_ar: "كرة القدم" },
      { slug: "outdoor", name_fr: "Randonnée et camping", name_ar: "رحلات وتخييم" }
    ]
  },
  {
    slug: "toys",
    name_fr: "Jouets",
    name_ar: "ألعاب",
    children: [
      { slug: "educational-toys", name_fr: "Jeux éducatifs", name_ar: "ألعاب تعليمية" },
      { slug: "outdoor-toys", name_fr: "Jeux de plein air", name_ar: "ألعاب خارجية" },
      { slug: "dolls-figures", name_fr: "Poupées et figurines", name_ar: "دمى ومجسمات" }
    ]
  },
  {
    slug: "books",
    name_fr: "Livres",
    name_ar: "كتب",
    children: [
      { slug: "novels", name_fr: "Romans", name_ar: "روايات" },
      { slug: "school-books", name_fr: "Scolaire", name_ar: "كتب مدرسية" },
      { slug: "religious-books", name_fr: "Livres religieux", name_ar: "كتب دينية" },
      { slug: "children-books", name_fr: "Livres pour enfants", name_ar: "كتب الأطفال" }
    ]
  },
  {
    slug: "garden",
    name_fr: "Jardin",
    name_ar: "حديقة",
    children: [
      { slug: "plants-seeds", name_fr: "Plantes et semences", name_ar: "نباتات وبذور" },
      { slug: "garden-tools", name_fr: "Outils de jardin", name_ar: "أدوات البستنة" },
      { slug: "irrigation", name_fr: "Arrosage", name_ar: "السقي" }
    ]
  },
  {
    slug: "pets",
    name_fr: "Animaux",
    name_ar: "حيوانات أليفة",
    children: [
      { slug: "cats", name_fr: "Chats", name_ar: "قطط" },
      { slug: "dogs", name_fr: "Chiens", name_ar: "كلاب" },
      { slug: "birds", name_fr: "Oiseaux", name_ar: "طيور" }
    ]
  },
  {
    slug: "baby",
    name_fr: "Bébé",
    name_ar: "الرضع",
    children: [
      { slug: "diapers", name_fr: "Couches et hygiène", name_ar: "حفاضات ونظافة" },
      { slug: "baby-feeding", name_fr: "Biberons et repas", name_ar: "الرضاعة والتغذية" },
      { slug: "strollers", name_fr: "Poussettes et sièges", name_ar: "عربات ومقاعد" }
    ]
  },
  {
    slug: "office",
    name_fr: "Bureau et fournitures",
    name_ar: "مكتب وقرطاسية",
    children: [
      { slug: "stationery", name_fr: "Papeterie", name_ar: "قرطاسية" },
      { slug: "printers", name_fr: "Imprimantes et consommables", name_ar: "طابعات ومستلزماتها" },
      { slug: "office-furniture", name_fr: "Mobilier de bureau", name_ar: "أثاث مكتبي" }
    ]
  },
  { slug: "other", name_fr: "Autres", name_ar: "أخرى" }
]
