import type { DemoProduct } from "./product.ts"

export const fashion: ReadonlyArray<DemoProduct> = [
  {
    name: "Karakou algérois en velours brodé",
    name_ar: "كاراكو عاصمي من القطيفة المطرزة",
    description: "Veste en velours brodée au fil d'or par fetla, avec seroual chelka. Sur mesure en dix jours.",
    description_ar: "سترة قطيفة مطرزة بالفتلة الذهبية مع سروال الشلقة، تفصل على المقاس.",
    category: "fashion-traditional",
    price: 48000,
    stock: 6,
    shop: 5
  },
  {
    name: "Blousa oranaise perlée",
    name_ar: "بلوزة وهرانية مرصعة",
    description: "Dentelle perlée à la main et doublure satin, pour mariages et fiançailles.",
    category: "fashion-traditional",
    price: 29000,
    original_price: 34000,
    stock: 5,
    shop: 5
  },
  {
    name: "Gandoura constantinoise en satin",
    name_ar: "قندورة قسنطينية من الساتان",
    description: "Broderie medjboud dorée au plastron, tailles 38 à 50.",
    description_ar: "تطريز مجبود ذهبي على الصدر، مقاسات من 38 إلى 50.",
    category: "fashion-traditional",
    price: 22500,
    stock: null,
    variants: [
      { options: { taille: "38" }, stock: 2 },
      { options: { taille: "42" }, stock: 3 },
      { options: { taille: "46" }, stock: 2 },
      { options: { taille: "50" }, stock: 1 }
    ],
    shop: 5
  },
  {
    name: "Robe kabyle brodée d'Ath Yenni",
    name_ar: "فستان قبائلي مطرز من آث يني",
    description: "Coton blanc, galons multicolores et fouta assortie.",
    category: "fashion-traditional",
    price: 9800,
    stock: 19,
    shop: 4
  },
  {
    name: "Djellaba homme en laine",
    name_ar: "جلابة رجالية من الصوف",
    description: "Laine tissée épaisse et capuche doublée, pour l'hiver des Hauts Plateaux.",
    description_ar: "صوف منسوج سميك بقلنسوة مبطنة لشتاء الهضاب.",
    category: "fashion-traditional",
    price: 12500,
    stock: 15,
    shop: 5
  },
  {
    name: "Qamis homme blanc manches longues",
    name_ar: "قميص تقليدي رجالي أبيض بأكمام طويلة",
    description: "Popeline infroissable, col droit, tailles 52 à 62.",
    category: "fashion-traditional",
    price: 3800,
    stock: 70,
    shop: 5
  },
  {
    name: "Hijab en mousseline, lot de 5",
    name_ar: "طقم 5 خمارات من الشيفون",
    description: "Cinq couleurs unies, 180 × 75 cm, ourlet roulotté.",
    category: "fashion-women",
    price: 2200,
    original_price: 2800,
    stock: 120,
    shop: 2
  },
  {
    name: "Abaya noire à manches papillon",
    name_ar: "عباية سوداء بأكمام فراشة",
    description: "Crêpe nida fluide, ceinture amovible, tombe parfaitement.",
    description_ar: "قماش كريب انسيابي مع حزام قابل للنزع.",
    category: "fashion-women",
    price: 5900,
    stock: 42,
    shop: 5
  },
  {
    name: "Jean homme coupe droite",
    name_ar: "سروال جينز رجالي بقصة مستقيمة",
    description: "Denim brut légèrement extensible, tailles 38 à 48.",
    category: "fashion-men",
    price: 3900,
    stock: null,
    variants: [
      { options: { taille: "40", couleur: "bleu" }, stock: 6 },
      { options: { taille: "42", couleur: "bleu" }, stock: 9 },
      { options: { taille: "44", couleur: "bleu" }, stock: 0 },
      { options: { taille: "40", couleur: "noir" }, stock: 6 },
      { options: { taille: "42", couleur: "noir" }, stock: 9 },
      { options: { taille: "44", couleur: "noir" }, stock: 0 }
    ],
    shop: 2
  },
  {
    name: "Chemise homme en lin",
    name_ar: "قميص رجالي من الكتان",
    description: "Lin lavé respirant, idéal pour l'été au bord de la mer.",
    category: "fashion-men",
    price: 3400,
    original_price: 4200,
    stock: null,
    variants: [
      { options: { taille: "M", couleur: "blanc" }, stock: 4 },
      { options: { taille: "L", couleur: "blanc" }, stock: 7 },
      { options: { taille: "XL", couleur: "blanc" }, stock: 3 },
      { options: { taille: "M", couleur: "beige" }, stock: 4 },
      { options: { taille: "L", couleur: "beige" }, stock: 7 },
      { options: { taille: "XL", couleur: "beige" }, stock: 3 }
    ],
    shop: 5
  },
  {
    name: "Ensemble survêtement enfant 4 à 12 ans",
    name_ar: "بدلة رياضية للأطفال من 4 إلى 12 سنة",
    description: "Molleton doux, veste zippée et pantalon resserré.",
    category: "fashion-kids",
    price: 2900,
    stock: 66,
    shop: 2
  },
  {
    name: "Lot de 10 pyjamas enfant en coton",
    name_ar: "حزمة 10 بيجامات قطنية للأطفال",
    description: "Tailles assorties de 2 à 10 ans, fabrication de Bordj Bou Arreridj. Prix du lot.",
    category: "fashion-kids",
    price: 9500,
    stock: 24,
    min_order_quantity: 2,
    shop: 2
  },
  {
    name: "Baskets de ville homme",
    name_ar: "حذاء رياضي رجالي للمدينة",
    description: "Tige en cuir synthétique et semelle légère, pointures 40 à 45.",
    category: "fashion-shoes",
    price: 5600,
    stock: 47,
    shop: 2
  },
  {
    name: "Mocassins en cuir véritable",
    name_ar: "حذاء موكاسان من الجلد الطبيعي",
    description: "Cuir de vachette cousu main par un artisan de Cheraga.",
    category: "fashion-shoes",
    price: 7200,
    stock: 0,
    shop: 5
  },
  {
    name: "Sac à main en cuir camel",
    name_ar: "حقيبة يد جلدية بلون الجمل",
    description: "Cuir grainé, trois compartiments, bandoulière réglable.",
    description_ar: "جلد محبب بثلاثة جيوب وحزام كتف قابل للتعديل.",
    category: "bags",
    price: 8900,
    original_price: 10500,
    stock: 13,
    shop: 5
  },
  {
    name: "Portefeuille homme anti-RFID",
    name_ar: "محفظة رجالية مضادة RFID",
    description: "Six cartes, un porte-monnaie et une poche pour le permis.",
    category: "bags",
    price: 1800,
    stock: 88,
    shop: 2
  },
  {
    name: "Valise cabine rigide 55 cm",
    name_ar: "حقيبة سفر صلبة للمقصورة 55 سم",
    description: "Coque ABS, quatre roues doubles, serrure à code.",
    category: "bags",
    price: 8200,
    stock: 20,
    shop: 2
  },
  {
    name: "Montre homme à quartz bracelet acier",
    name_ar: "ساعة رجالية كوارتز بسوار فولاذي",
    description: "Étanche à 5 bars, verre minéral, garantie un an.",
    category: "watches",
    brand: "Casio",
    price: 11500,
    stock: 17,
    shop: 0
  },
  {
    name: "Montre connectée 1,9 pouce",
    name_ar: "ساعة ذكية بشاشة 1,9 بوصة",
    description: "Appels Bluetooth, fréquence cardiaque, heures de prière, dix jours d'autonomie.",
    description_ar: "مكالمات ونبض القلب وأوقات الصلاة وبطارية تدوم عشرة أيام.",
    category: "watches",
    price: 5400,
    original_price: 6800,
    stock: 61,
    shop: 0
  },
  {
    name: "Collier kabyle en argent émaillé",
    name_ar: "قلادة قبائلية من الفضة والمينا",
    description: "Argent 925, émaux bleus, verts et jaunes, cabochons de corail.",
    description_ar: "فضة 925 بالمينا الملونة وحبات المرجان.",
    category: "jewellery",
    price: 26000,
    stock: 4,
    shop: 5
  },
  {
    name: "Bague touareg en argent gravé",
    name_ar: "خاتم ترقي من الفضة المنقوشة",
    description: "Gravure à la main par un forgeron de Tamanrasset.",
    category: "jewellery",
    price: 6500,
    stock: 10,
    shop: 5
  },
  {
    name: "Parure fantaisie dorée pour fêtes",
    name_ar: "طقم إكسسوارات مذهب للأعراس",
    description: "Collier, boucles et bracelet plaqués, écrin compris.",
    category: "jewellery",
    price: 3600,
    stock: 52,
    min_order_quantity: 3,
    shop: 2
  },
  {
    name: "Lunettes de soleil polarisées",
    name_ar: "نظارات شمسية مستقطبة",
    description: "Protection UV400, monture légère, étui rigide.",
    category: "scarves",
    price: 2600,
    stock: 75,
    shop: 2
  }
]
