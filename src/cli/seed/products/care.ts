import type { DemoProduct } from "./product.ts"

export const care: ReadonlyArray<DemoProduct> = [
  {
    name: "Gel moussant Effaclar 200 ml",
    name_ar: "جل منظف رغوي Effaclar 200 مل",
    description: "Nettoyant purifiant pour peaux grasses et sensibles, vendu avec vignette.",
    description_ar: "منظف منقي للبشرة الدهنية والحساسة.",
    category: "skincare-face",
    brand: "La Roche-Posay",
    price: 3400,
    stock: 44,
    shop: 3
  },
  {
    name: "Eau micellaire Sensibio 500 ml",
    name_ar: "ماء ميسيلار Sensibio 500 مل",
    description: "Démaquille et apaise les peaux sensibles, sans rinçage.",
    category: "skincare-face",
    brand: "Bioderma",
    price: 3100,
    original_price: 3600,
    stock: 52,
    shop: 3
  },
  {
    name: "Sérum à la vitamine C 30 ml",
    name_ar: "سيروم فيتامين C 30 مل",
    description: "Sérum éclat à 15 % de vitamine C, flacon compte-gouttes protégé de la lumière.",
    description_ar: "سيروم لنضارة البشرة بتركيز 15 % في قارورة داكنة.",
    category: "skincare-face",
    price: 2600,
    stock: 67,
    shop: 3
  },
  {
    name: "Huile de figue de barbarie 15 ml",
    name_ar: "زيت التين الشوكي 15 مل",
    description: "Huile pressée à froid de pépins récoltés à Sidi Fredj, Souk Ahras. Anti-âge et réparatrice.",
    description_ar: "زيت بذور التين الشوكي معصور على البارد من سوق أهراس.",
    category: "skincare-face",
    price: 3800,
    stock: 29,
    shop: 4
  },
  {
    name: "Crème hydratante à l'huile d'olive 100 ml",
    name_ar: "كريم مرطب بزيت الزيتون 100 مل",
    description: "Crème de jour nourrissante fabriquée en Kabylie, sans paraben.",
    category: "skincare-face",
    price: 1200,
    stock: 88,
    shop: 4
  },
  {
    name: "Eau de rose de Blida 250 ml",
    name_ar: "ماء الورد البليدي 250 مل",
    description: "Distillation artisanale à l'alambic, pour tonifier la peau ou parfumer les gâteaux.",
    description_ar: "تقطير تقليدي بالقطارة، لإنعاش البشرة أو تعطير الحلويات.",
    category: "skincare-face",
    price: 700,
    stock: null,
    shop: 4
  },
  {
    name: "Lait corporel Nivea 400 ml",
    name_ar: "حليب الجسم Nivea 400 مل",
    description: "Hydratation 48 heures à l'huile d'amande pour peaux sèches.",
    category: "skincare-body",
    brand: "Nivea",
    price: 1450,
    stock: 140,
    shop: 3
  },
  {
    name: "Baume réparateur Cicaplast B5 40 ml",
    name_ar: "بلسم مرمم Cicaplast B5 40 مل",
    description: "Apaise les peaux irritées, pour bébés, enfants et adultes.",
    category: "skincare-body",
    brand: "La Roche-Posay",
    price: 2300,
    stock: 37,
    shop: 3
  },
  {
    name: "Carton de 24 crèmes pour les mains Venus",
    name_ar: "كرتون 24 كريم لليدين Venus",
    description: "Vingt-quatre tubes de 75 ml pour revendeurs, glycérine et camomille.",
    category: "skincare-body",
    brand: "Venus",
    price: 5900,
    stock: 60,
    min_order_quantity: 2,
    shop: 3
  },
  {
    name: "Écran solaire invisible SPF 50+ 50 ml",
    name_ar: "واقي شمس شفاف SPF 50+ 50 مل",
    description: "Texture fluide sans traces blanches, résistante à l'eau et à la sueur.",
    description_ar: "قوام خفيف بلا أثر أبيض، مقاوم للماء والعرق.",
    category: "skincare-sun",
    brand: "Avène",
    price: 3900,
    original_price: 4600,
    stock: 33,
    shop: 3
  },
  {
    name: "Shampooing à l'huile d'argan 400 ml",
    name_ar: "شامبو بزيت الأرغان 400 مل",
    description: "Nourrit les cheveux secs et cassants sans les alourdir.",
    category: "hair-shampoo",
    brand: "Elvive",
    price: 980,
    stock: 160,
    shop: 3
  },
  {
    name: "Shampooing antipelliculaire 360 ml",
    name_ar: "شامبو ضد القشرة 360 مل",
    description: "Usage quotidien, menthe fraîche, convient à toute la famille.",
    category: "hair-shampoo",
    brand: "Head & Shoulders",
    price: 850,
    stock: 190,
    shop: 3
  },
  {
    name: "Carton de 12 shampooings familiaux 1 L",
    name_ar: "كرتون 12 شامبو عائلي 1 لتر",
    description: "Douze bidons d'un litre à l'œuf et à la camomille, production nationale.",
    category: "hair-shampoo",
    brand: "Shahrazed",
    price: 4700,
    stock: 45,
    min_order_quantity: 3,
    shop: 3
  },
  {
    name: "Masque capillaire à la kératine 500 ml",
    name_ar: "قناع الشعر بالكيراتين 500 مل",
    description: "Soin profond après lissage ou coloration, à poser dix minutes.",
    description_ar: "عناية عميقة بعد التمليس أو الصبغ، يترك عشر دقائق.",
    category: "hair-masks",
    price: 1750,
    original_price: 2200,
    stock: 54,
    shop: 3
  },
  {
    name: "Huile de nigelle pour cheveux 125 ml",
    name_ar: "زيت الحبة السوداء للشعر 125 مل",
    description: "Première pression à froid, fortifie les racines et limite la chute.",
    category: "hair-masks",
    price: 1100,
    stock: 73,
    shop: 4
  },
  {
    name: "Huile de cade et laurier 100 ml",
    name_ar: "زيت القطران والرند 100 مل",
    description: "Mélange traditionnel des Aurès pour cheveux ternes et cuir chevelu sec.",
    category: "hair-masks",
    price: 900,
    stock: 0,
    shop: 4
  },
  {
    name: "Henné de Biskra 500 g",
    name_ar: "حناء بسكرية 500 غ",
    description: "Feuilles tamisées deux fois, couleur acajou profonde, récolte de l'année.",
    description_ar: "أوراق منخولة مرتين، لون غامق، محصول هذه السنة.",
    category: "hair-colour",
    price: 600,
    stock: null,
    shop: 4
  },
  {
    name: "Coloration sans ammoniaque châtain foncé",
    name_ar: "صبغة شعر بلا أمونياك كستنائي داكن",
    description: "Kit complet à l'huile d'olive, couvre 100 % des cheveux blancs.",
    category: "hair-colour",
    brand: "Garnier",
    price: 790,
    stock: 120,
    shop: 3
  },
  {
    name: "Cire coiffante effet mat 100 ml",
    name_ar: "شمع تصفيف الشعر بمظهر مطفأ 100 مل",
    description: "Fixation forte et sans brillance, se rince à l'eau.",
    category: "hair-styling",
    price: 750,
    stock: 84,
    shop: 3
  }
]
