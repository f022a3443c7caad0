import type { DemoProduct } from "./product.ts"

export const family: ReadonlyArray<DemoProduct> = [
  {
    name: "Alphabet arabe et français en bois",
    name_ar: "حروف خشبية بالعربية والفرنسية",
    description: "Soixante lettres et un tableau magnétique, dès 3 ans.",
    description_ar: "ستون حرفا ولوح مغناطيسي ابتداء من 3 سنوات.",
    category: "educational-toys",
    price: 2400,
    stock: 55,
    shop: 2
  },
  {
    name: "Puzzle carte d'Algérie des 69 wilayas",
    name_ar: "أحجية خريطة الجزائر بولاياتها الثماني والخمسين",
    description: "Cent pièces cartonnées, noms dans les deux langues.",
    category: "educational-toys",
    price: 1300,
    stock: 70,
    shop: 2
  },
  {
    name: "Briques de construction 1000 pièces",
    name_ar: "مكعبات تركيب من 1000 قطعة",
    description: "Compatibles avec les grandes marques, boîte de rangement.",
    category: "educational-toys",
    price: 3900,
    original_price: 4800,
    stock: 40,
    shop: 2
  },
  {
    name: "Trottinette enfant trois roues lumineuses",
    name_ar: "سكوتر للأطفال بثلاث عجلات مضيئة",
    description: "Guidon réglable, frein arrière, charge de 50 kg.",
    category: "outdoor-toys",
    price: 5200,
    stock: 34,
    shop: 2
  },
  {
    name: "Vélo enfant 16 pouces avec stabilisateurs",
    name_ar: "دراجة هوائية للأطفال 16 بوصة بعجلات مساعدة",
    description: "Cadre acier, panier et sonnette, de 4 à 7 ans.",
    description_ar: "هيكل فولاذي مع سلة وجرس، من 4 إلى 7 سنوات.",
    category: "outdoor-toys",
    price: 15800,
    stock: 12,
    shop: 1
  },
  {
    name: "Carton de 24 ballons de plage",
    name_ar: "كرتون 24 كرة شاطئ",
    description: "Ballons gonflables de 40 cm, couleurs assorties. Prix du carton.",
    category: "outdoor-toys",
    price: 4300,
    stock: 30,
    min_order_quantity: 2,
    shop: 2
  },
  {
    name: "Poupée en robe kabyle 30 cm",
    name_ar: "دمية بفستان قبائلي 30 سم",
    description: "Robe et fouta cousues à la main, cheveux à coiffer.",
    category: "dolls-figures",
    price: 2800,
    stock: 21,
    shop: 5
  },
  {
    name: "Voiture télécommandée tout-terrain",
    name_ar: "سيارة تحكم عن بعد لكل التضاريس",
    description: "2,4 GHz, batterie rechargeable, portée de 50 m.",
    category: "toys",
    price: 4600,
    stock: 0,
    shop: 2
  },
  {
    name: "Couches Bimbies taille 4, paquet de 64",
    name_ar: "حفاضات Bimbies مقاس 4 علبة 64 قطعة",
    description: "De 7 à 18 kg, voile doux et barrières antifuites.",
    description_ar: "من 7 إلى 18 كغ، ناعمة ومانعة للتسرب.",
    category: "diapers",
    brand: "Bimbies",
    price: 2300,
    stock: 160,
    shop: 2
  },
  {
    name: "Lingettes bébé, carton de 24 paquets",
    name_ar: "كرتون 24 علبة مناديل مبللة للرضع",
    description: "Sans alcool, 72 lingettes par paquet. Prix du carton.",
    category: "diapers",
    brand: "Cotex",
    price: 4900,
    stock: 65,
    min_order_quantity: 2,
    shop: 2
  },
  {
    name: "Liniment oléo-calcaire 500 ml",
    name_ar: "مستحلب زيت الزيتون وماء الجير للرضع 500 مل",
    description: "Huile d'olive et eau de chaux, pour le change.",
    category: "diapers",
    price: 1100,
    stock: 48,
    shop: 3
  },
  {
    name: "Biberon anticolique 260 ml",
    name_ar: "رضاعة مضادة للمغص 260 مل",
    description: "Polypropylène sans BPA, tétine en silicone débit moyen.",
    category: "baby-feeding",
    brand: "Philips Avent",
    price: 1950,
    stock: 83,
    shop: 2
  },
  {
    name: "Chauffe-biberon électrique",
    name_ar: "مسخن رضاعات كهربائي",
    description: "Trois modes, arrêt automatique, convient aux petits pots.",
    category: "baby-feeding",
    price: 4400,
    original_price: 5200,
    stock: 18,
    shop: 2
  },
  {
    name: "Chaise haute pliable",
    name_ar: "كرسي طعام مرتفع قابل للطي",
    description: "Plateau amovible, harnais cinq points, housse lavable.",
    category: "baby-feeding",
    price: 9900,
    stock: 14,
    shop: 2
  },
  {
    name: "Poussette pliable avec nacelle",
    name_ar: "عربة أطفال قابلة للطي مع سرير",
    description: "De la naissance à 15 kg, suspension, sac à langer offert.",
    description_ar: "من الولادة إلى 15 كغ مع حقيبة هدية.",
    category: "strollers",
    price: 28500,
    original_price: 32000,
    stock: 10,
    shop: 2
  },
  {
    name: "Siège auto groupe 0+ et 1",
    name_ar: "مقعد سيارة للأطفال من الولادة إلى 18 كغ",
    description: "Homologué R44/04, inclinable, réducteur nouveau-né.",
    category: "strollers",
    price: 17500,
    stock: 11,
    shop: 1
  },
  {
    name: "Berceau en bois à bascule",
    name_ar: "مهد خشبي هزاز",
    description: "Hêtre massif, matelas et moustiquaire compris.",
    category: "baby",
    price: 21000,
    stock: null,
    shop: 5
  },
  {
    name: "Croquettes pour chat au poulet 10 kg",
    name_ar: "طعام جاف للقطط بالدجاج 10 كغ",
    description: "Chats adultes d'intérieur, 32 % de protéines.",
    description_ar: "للقطط البالغة داخل المنزل، 32 % بروتين.",
    category: "cats",
    price: 6900,
    stock: 42,
    shop: 1
  },
  {
    name: "Litière agglomérante parfumée 10 L",
    name_ar: "رمل قطط متكتل ومعطر 10 لتر",
    description: "Bentonite de Maghnia, peu de poussière.",
    category: "cats",
    price: 1150,
    stock: 100,
    shop: 2
  },
  {
    name: "Arbre à chat 120 cm",
    name_ar: "شجرة قطط 120 سم",
    description: "Trois plateformes, niche et griffoirs en sisal.",
    category: "cats",
    price: 8700,
    stock: 8,
    shop: 2
  },
  {
    name: "Croquettes pour chien de garde 20 kg",
    name_ar: "طعام جاف لكلاب الحراسة 20 كغ",
    description: "Bœuf et céréales, pour grands chiens actifs.",
    category: "dogs",
    price: 9400,
    stock: 25,
    shop: 1
  },
  {
    name: "Laisse et harnais réglables",
    name_ar: "مقود وحزام صدر قابلان للتعديل",
    description: "Nylon doublé, tailles S à L, bandes réfléchissantes.",
    category: "dogs",
    price: 1600,
    original_price: 1950,
    stock: 39,
    shop: 2
  },
  {
    name: "Cage pour chardonnerets 60 cm",
    name_ar: "قفص لطائر الحسون 60 سم",
    description: "Fil laqué blanc, deux mangeoires, deux perchoirs, tiroir amovible.",
    description_ar: "سلك أبيض ومعلفان ومجثمان ودرج متحرك.",
    category: "birds",
    price: 3700,
    stock: 26,
    shop: 2
  }
]
