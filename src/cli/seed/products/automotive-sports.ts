import type { DemoProduct } from "./product.ts"

export const automotiveSports: ReadonlyArray<DemoProduct> = [
  {
    name: "Plaquettes de frein avant Renault Symbol et Clio 4",
    name_ar: "صفائح فرامل أمامية Renault Symbol وClio 4",
    description: "Jeu de quatre plaquettes avec témoin d'usure, montage comme d'origine.",
    description_ar: "طقم من أربع صفائح يركب كالأصلي.",
    category: "car-parts",
    brand: "Bosch",
    price: 4800,
    stock: 62,
    shop: 1
  },
  {
    name: "Kit de distribution Dacia Logan 1.5 dCi",
    name_ar: "طقم سير التوزيع Dacia Logan 1.5 dCi",
    description: "Courroie, galets et pompe à eau, intervalle de 120 000 km.",
    category: "car-parts",
    brand: "Dayco",
    price: 13500,
    stock: 25,
    shop: 1
  },
  {
    name: "Batterie de voiture 60 Ah",
    name_ar: "بطارية سيارة 60 أمبير",
    description: "12 V, sans entretien, fabriquée en Algérie, garantie un an.",
    category: "car-parts",
    brand: "Fabcom",
    price: 11900,
    stock: 40,
    shop: 1
  },
  {
    name: "Pneu 185/65 R15 88T",
    name_ar: "إطار سيارة 185/65 R15 88T",
    description: "Pneu tourisme produit à Sétif, bon comportement sous la pluie.",
    description_ar: "إطار سياحي من إنتاج سطيف، ثابت تحت المطر.",
    category: "car-parts",
    brand: "Iris",
    price: 9800,
    stock: 120,
    min_order_quantity: 2,
    shop: 1
  },
  {
    name: "Filtre à huile Peugeot 208 et 301, lot de 6",
    name_ar: "حزمة 6 مصافي زيت Peugeot 208 و301",
    description: "Pour moteurs 1.2 essence et 1.6 HDi. Prix du lot.",
    category: "car-parts",
    brand: "Purflux",
    price: 3900,
    stock: 55,
    min_order_quantity: 2,
    shop: 1
  },
  {
    name: "Huile moteur 5W-40 synthétique 5 L",
    name_ar: "زيت محرك 5W-40 اصطناعي 5 لتر",
    description: "Essence et diesel, norme ACEA C3, bidon scellé.",
    description_ar: "للبنزين والديزل، عبوة مختومة.",
    category: "car-care",
    brand: "TotalEnergies",
    price: 7600,
    original_price: 8400,
    stock: 95,
    shop: 1
  },
  {
    name: "Liquide de refroidissement 5 L",
    name_ar: "سائل تبريد المحرك 5 لتر",
    description: "Prêt à l'emploi, protection de −25 à 110 °C.",
    category: "car-care",
    brand: "Naftal",
    price: 1500,
    stock: null,
    shop: 1
  },
  {
    name: "Housses de siège universelles en simili cuir",
    name_ar: "أغطية مقاعد عامة من الجلد الاصطناعي",
    description: "Neuf pièces, compatibles airbags, noir et surpiqûres rouges.",
    category: "car-accessories",
    price: 8900,
    stock: 22,
    shop: 1
  },
  {
    name: "Compresseur de gonflage 12 V",
    name_ar: "منفاخ إطارات 12 فولط",
    description: "Manomètre numérique, arrêt automatique, lampe et sacoche.",
    category: "car-accessories",
    price: 4200,
    stock: 48,
    shop: 1
  },
  {
    name: "Casque de moto intégral homologué",
    name_ar: "خوذة دراجة نارية كاملة ومعتمدة",
    description: "Double écran, intérieur démontable, tailles M à XL.",
    category: "motorcycles",
    price: 12800,
    original_price: 14900,
    stock: 11,
    shop: 1
  },
  {
    name: "Haltères réglables 20 kg",
    name_ar: "أثقال يد قابلة للتعديل 20 كغ",
    description: "Deux barres, disques en fonte et connecteur pour barre longue.",
    description_ar: "قضيبان وأقراص من الحديد مع وصلة.",
    category: "fitness",
    price: 9500,
    stock: 26,
    shop: 1
  },
  {
    name: "Tapis de course pliable 2 CV",
    name_ar: "جهاز مشي قابل للطي بقوة 2 حصان",
    description: "Jusqu'à 12 km/h, écran, capteur de pouls, charge de 110 kg.",
    category: "fitness",
    price: 72000,
    stock: 5,
    shop: 1
  },
  {
    name: "Tapis de yoga 10 mm",
    name_ar: "بساط يوغا 10 مم",
    description: "Mousse NBR antidérapante, sangle de transport.",
    category: "fitness",
    price: 2300,
    stock: 60,
    shop: 1
  },
  {
    name: "Corde à sauter avec compteur, carton de 20",
    name_ar: "كرتون 20 حبل قفز بعداد",
    description: "Poignées en mousse, câble réglable. Prix du carton.",
    category: "fitness",
    price: 8600,
    stock: 17,
    min_order_quantity: 2,
    shop: 2
  },
  {
    name: "Maillot de l'équipe d'Algérie, version supporter",
    name_ar: "قميص المنتخب الجزائري نسخة المشجعين",
    description: "Polyester respirant, vert et blanc, tailles S à XXL.",
    description_ar: "قماش خفيف يسمح بالتهوية، أخضر وأبيض.",
    category: "football",
    price: 3200,
    stock: 150,
    shop: 1
  },
  {
    name: "Ballon de football taille 5",
    name_ar: "كرة قدم مقاس 5",
    description: "Cousu machine, bon rebond sur stabilisé et gazon synthétique.",
    category: "football",
    brand: "Kipsta",
    price: 2400,
    stock: 73,
    shop: 1
  },
  {
    name: "Chaussures de football à crampons moulés",
    name_ar: "حذاء كرة قدم بمسامير مصبوبة",
    description: "Pointures 38 à 45, tige souple, pour terrain sec.",
    category: "football",
    price: 6200,
    original_price: 7500,
    stock: 29,
    shop: 1
  },
  {
    name: "Tente de camping 4 places",
    name_ar: "خيمة تخييم لأربعة أشخاص",
    description: "Montage en cinq minutes, double toit 2 000 mm, moustiquaire.",
    category: "outdoor",
    price: 14500,
    stock: 12,
    shop: 1
  },
  {
    name: "Sac de couchage 3 saisons",
    name_ar: "كيس نوم لثلاثة فصول",
    description: "Confort à 5 °C, 1,4 kg, housse de compression. Pour Tikjda ou le Tassili.",
    category: "outdoor",
    price: 5900,
    stock: 0,
    shop: 1
  }
]
