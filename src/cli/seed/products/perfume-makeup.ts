import type { DemoProduct } from "./product.ts"

export const perfumeMakeup: ReadonlyArray<DemoProduct> = [
  {
    name: "Eau de parfum Yara 100 ml",
    name_ar: "ماء عطر Yara 100 مل",
    description: "Orchidée, mandarine et vanille : un sillage doux et gourmand qui tient la journée.",
    description_ar: "أوركيد ويوسفي وفانيليا، عطر ناعم يدوم طوال اليوم.",
    category: "perfume-women",
    brand: "Lattafa",
    price: 5800,
    original_price: 6900,
    stock: 64,
    shop: 0
  },
  {
    name: "Eau de parfum Asad 100 ml",
    name_ar: "ماء عطر Asad 100 مل",
    description: "Poivre noir, tabac et ambre pour homme. Flacon scellé, code d'authenticité.",
    description_ar: "فلفل أسود وتبغ وعنبر للرجال، قارورة مختومة برمز أصالة.",
    category: "perfume-men",
    brand: "Lattafa",
    price: 5600,
    stock: 48,
    shop: 0
  },
  {
    name: "Eau de parfum Club de Nuit Intense Man 105 ml",
    name_ar: "ماء عطر Club de Nuit Intense للرجال 105 مل",
    description: "Ouverture citronnée, fond de bouleau et de musc. Un classique des boutiques d'Alger.",
    category: "perfume-men",
    brand: "Armaf",
    price: 9800,
    stock: 31,
    shop: 0
  },
  {
    name: "Eau de toilette Sauvage 60 ml",
    name_ar: "ماء تواليت Sauvage 60 مل",
    description: "Bergamote de Calabre et ambroxan. Produit d'origine avec étiquette d'importateur.",
    category: "perfume-men",
    brand: "Dior",
    price: 17900,
    stock: 9,
    shop: 0
  },
  {
    name: "Eau de parfum La Vie est Belle 30 ml",
    name_ar: "ماء عطر La Vie est Belle 30 مل",
    description: "Iris, patchouli et praliné. Format de sac, boîte cadeau sur demande.",
    description_ar: "سوسن وباتشولي وبرالين، حجم مناسب لحقيبة اليد.",
    category: "perfume-women",
    brand: "Lancôme",
    price: 15500,
    original_price: 17500,
    stock: 12,
    shop: 0
  },
  {
    name: "Eau de parfum Jasmin de Blida 50 ml",
    name_ar: "ماء عطر ياسمين البليدة 50 مل",
    description: "Jasmin et fleur d'oranger de la Mitidja, composés par un artisan parfumeur de Blida.",
    description_ar: "ياسمين وزهر البرتقال من متيجة، من تركيب عطار حرفي بالبليدة.",
    category: "perfume-women",
    price: 3900,
    stock: 85,
    shop: 3
  },
  {
    name: "Musc Tahara blanc",
    name_ar: "مسك الطهارة الأبيض",
    description: "Huile de musc blanc sans alcool, en flacon à bille.",
    description_ar: "زيت مسك أبيض بدون كحول في قارورة بكرة.",
    category: "perfume-oriental",
    price: 950,
    stock: null,
    variants: [
      { options: { contenance: "12 ml" }, stock: 40 },
      { options: { contenance: "50 ml" }, price: 2900, stock: 15 }
    ],
    min_order_quantity: 6,
    shop: 3
  },
  {
    name: "Huile de oud cambodgien 6 ml",
    name_ar: "دهن عود كمبودي 6 مل",
    description: "Oud distillé, boisé et résineux. Une goutte suffit.",
    description_ar: "دهن عود مقطر خشبي الرائحة، قطرة واحدة تكفي.",
    category: "perfume-oriental",
    price: 12500,
    stock: 14,
    shop: 0
  },
  {
    name: "Extrait de parfum Ambre du Hoggar 50 ml",
    name_ar: "خلاصة عطر عنبر الهقار 50 مل",
    description: "Ambre, labdanum et encens du grand Sud, concentration à 30 %.",
    category: "perfume-oriental",
    price: 7400,
    original_price: 8200,
    stock: 27,
    shop: 3
  },
  {
    name: "Bakhour Oud Mouattar 40 g",
    name_ar: "بخور عود معطر 40 غ",
    description: "Copeaux d'oud parfumés à la rose pour mabkhara électrique ou à charbon.",
    description_ar: "رقائق عود معطرة بالورد للمبخرة الكهربائية أو الفحم.",
    category: "perfume-home",
    price: 1600,
    stock: 110,
    shop: 0
  },
  {
    name: "Mabkhara électrique en laiton",
    name_ar: "مبخرة كهربائية نحاسية",
    description: "Brûle-encens 220 V à plaque céramique, coupure automatique.",
    category: "perfume-home",
    price: 3200,
    stock: 38,
    shop: 0
  },
  {
    name: "Coffret parfum homme et déodorant Sahra",
    name_ar: "طقم عطر رجالي ومزيل عرق صحراء",
    description: "Eau de toilette 100 ml et déodorant 150 ml assortis, en boîte cadeau.",
    category: "perfume",
    price: 4200,
    original_price: 5400,
    stock: 0,
    shop: 3
  },
  {
    name: "Fond de teint matifiant Fit Me 30 ml",
    name_ar: "كريم أساس مطفئ للمعان Fit Me 30 مل",
    description: "Tenue naturelle pour peaux mixtes à grasses, teinte 220 beige.",
    description_ar: "تغطية طبيعية للبشرة المختلطة والدهنية، درجة بيج 220.",
    category: "makeup-face",
    brand: "Maybelline",
    price: 2400,
    stock: 72,
    shop: 3
  },
  {
    name: "Poudre compacte teint clair 9 g",
    name_ar: "بودرة مضغوطة للبشرة الفاتحة 9 غ",
    description: "Fini velouté, miroir et houppette inclus.",
    category: "makeup-face",
    brand: "Golden Rose",
    price: 1350,
    stock: 96,
    shop: 3
  },
  {
    name: "Anticernes liquide longue tenue",
    name_ar: "خافي عيوب سائل ثابت",
    description: "Couvre cernes et rougeurs sans marquer les plis. Applicateur mousse.",
    category: "makeup-face",
    brand: "Essence",
    price: 1100,
    stock: 130,
    shop: 3
  },
  {
    name: "Palette de 18 fards à paupières Sahara",
    name_ar: "لوحة 18 ظل عيون بألوان الصحراء",
    description: "Tons sable, terre cuite et or, mats et nacrés.",
    description_ar: "ألوان الرمل والطين والذهب، مطفأة ولامعة.",
    category: "makeup-eyes",
    price: 2900,
    original_price: 3600,
    stock: 41,
    shop: 3
  },
  {
    name: "Mascara volume extrême noir",
    name_ar: "ماسكارا سوداء لكثافة الرموش",
    description: "Brosse courbée, formule résistante à l'eau, testée en ophtalmologie.",
    category: "makeup-eyes",
    brand: "L'Oréal Paris",
    price: 2250,
    stock: 58,
    shop: 3
  },
  {
    name: "Khôl traditionnel en poudre 5 g",
    name_ar: "كحل عربي أصيل بودرة 5 غ",
    description: "Khôl minéral finement moulu, présenté avec son mroued en bois.",
    description_ar: "كحل إثمد مطحون ناعما مع مرود خشبي.",
    category: "makeup-eyes",
    price: 650,
    stock: null,
    shop: 5
  },
  {
    name: "Rouge à lèvres mat bordeaux",
    name_ar: "أحمر شفاه مطفأ بلون خمري",
    description: "Couleur intense qui ne dessèche pas, tenue de huit heures.",
    category: "makeup-lips",
    brand: "Golden Rose",
    price: 890,
    stock: 175,
    shop: 3
  },
  {
    name: "Lot de 12 gloss à lèvres assortis",
    name_ar: "علبة 12 ملمع شفاه بألوان متنوعة",
    description: "Présentoir de douze teintes pour boutiques et instituts. Prix du lot.",
    category: "makeup-lips",
    price: 4800,
    stock: 35,
    min_order_quantity: 2,
    shop: 3
  },
  {
    name: "Swak traditionnel pour les lèvres, le bouquet",
    name_ar: "حزمة سواك تقليدي لتلوين الشفاه",
    description: "Écorce de noyer séchée, comme chez nos grands-mères.",
    category: "makeup-lips",
    price: 250,
    stock: null,
    shop: 4
  },
  {
    name: "Vernis semi-permanent, coffret de 6 teintes",
    name_ar: "طقم طلاء أظافر شبه دائم من 6 ألوان",
    description: "Six flacons de 8 ml, séchage sous lampe UV ou LED.",
    category: "makeup-nails",
    price: 2700,
    original_price: 3300,
    stock: 26,
    shop: 3
  }
]
