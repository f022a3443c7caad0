import type { DemoProduct } from "./product.ts"

export const homeGarden: ReadonlyArray<DemoProduct> = [
  {
    name: "Couscoussier en inox 8 L",
    name_ar: "كسكاس من الفولاذ المقاوم 8 لتر",
    description: "Fond triple épaisseur, tous feux et induction, couvercle en verre.",
    description_ar: "قاعدة ثلاثية تصلح لكل المواقد مع غطاء زجاجي.",
    category: "kitchen",
    price: 5900,
    stock: 44,
    shop: 2
  },
  {
    name: "Cocotte-minute 10 L",
    name_ar: "قدر ضغط 10 لتر",
    description: "Aluminium épais, soupape double sécurité, joint de rechange.",
    category: "kitchen",
    brand: "Seb",
    price: 9800,
    original_price: 11500,
    stock: 27,
    shop: 2
  },
  {
    name: "Service à thé en verre décoré, carton de 6",
    name_ar: "كرتون 6 أطقم شاي زجاجية مزخرفة",
    description: "Six coffrets de douze verres dorés, pour boutiques et salles des fêtes.",
    category: "kitchen",
    price: 10800,
    stock: 19,
    min_order_quantity: 2,
    shop: 2
  },
  {
    name: "Tajine en terre cuite émaillée 30 cm",
    name_ar: "طاجين من الطين المطلي 30 سم",
    description: "Poterie de Maâtkas, va au four et sur le feu avec diffuseur.",
    category: "kitchen",
    price: 2400,
    stock: 31,
    shop: 4
  },
  {
    name: "Robot pétrin 7 L 1300 W",
    name_ar: "عجانة كهربائية 7 لتر 1300 واط",
    description: "Bol inox, trois accessoires, huit vitesses, idéal pour la kesra et les gâteaux.",
    description_ar: "وعاء فولاذي وثلاثة ملحقات وثماني سرعات.",
    category: "appliances",
    brand: "Géant",
    price: 18900,
    original_price: 21900,
    stock: 16,
    shop: 1
  },
  {
    name: "Réfrigérateur combiné No Frost 360 L",
    name_ar: "ثلاجة No Frost بسعة 360 لتر",
    description: "Classe A+, gris inox, fabriqué en Algérie, garantie 24 mois.",
    category: "appliances",
    brand: "Condor",
    price: 84500,
    stock: 6,
    shop: 1
  },
  {
    name: "Climatiseur split 12 000 BTU Inverter",
    name_ar: "مكيف هواء 12 000 وحدة Inverter",
    description: "Chaud et froid, gaz R410A, résistant aux étés du Sud.",
    description_ar: "ساخن وبارد، يتحمل صيف الجنوب.",
    category: "appliances",
    brand: "Iris",
    price: 79900,
    stock: 0,
    shop: 1
  },
  {
    name: "Machine à laver 8 kg frontale",
    name_ar: "غسالة ملابس أمامية 8 كغ",
    description: "1 400 tours, quinze programmes, départ différé.",
    category: "appliances",
    brand: "Brandt",
    price: 68000,
    stock: 8,
    shop: 1
  },
  {
    name: "Table basse en bois de hêtre",
    name_ar: "طاولة صالون من خشب الزان",
    description: "Plateau de 100 × 60 cm, tiroir, finition noyer.",
    category: "furniture",
    price: 14500,
    stock: 9,
    shop: 1
  },
  {
    name: "Tapis de laine de Ghardaïa 2 × 3 m",
    name_ar: "زربية صوف غرداوية 2 × 3 م",
    description: "Tissage à la main, motifs mozabites, teintures naturelles.",
    description_ar: "نسج يدوي بزخارف مزابية وأصباغ طبيعية.",
    category: "home-textiles",
    price: 42000,
    stock: 3,
    shop: 5
  },
  {
    name: "Parure de lit 2 places en coton",
    name_ar: "طقم أغطية سرير لشخصين من القطن",
    description: "Drap housse, drap plat brodé et deux taies.",
    category: "home-textiles",
    price: 6800,
    original_price: 7900,
    stock: 37,
    shop: 2
  },
  {
    name: "Lanterne en cuivre ajouré",
    name_ar: "فانوس من النحاس المثقب",
    description: "Dinanderie de Constantine, hauteur 35 cm, bougie ou ampoule.",
    category: "decoration",
    price: 5400,
    stock: 14,
    shop: 5
  },
  {
    name: "Jeune olivier chemlal en pot 60 cm",
    name_ar: "شجيرة زيتون شملال في أصيص 60 سم",
    description: "Plant greffé de deux ans, certifié, livré avec tuteur.",
    description_ar: "شتلة مطعمة عمرها سنتان ومعتمدة.",
    category: "plants-seeds",
    price: 1200,
    stock: 75,
    min_order_quantity: 2,
    shop: 4
  },
  {
    name: "Graines de tomate Saint-Pierre 100 g",
    name_ar: "بذور طماطم سان بيير 100 غ",
    description: "Semences maraîchères, germination supérieure à 85 %.",
    category: "plants-seeds",
    price: 1900,
    stock: 50,
    shop: 4
  },
  {
    name: "Basilic en pot contre les moustiques",
    name_ar: "حبق في أصيص لطرد البعوض",
    description: "Plante parfumée de balcon, pot de 14 cm.",
    category: "plants-seeds",
    price: 350,
    stock: null,
    shop: 4
  },
  {
    name: "Sécateur de taille professionnel",
    name_ar: "مقص تقليم احترافي",
    description: "Lame en acier SK5, coupe jusqu'à 22 mm, vigne et oliviers.",
    category: "garden-tools",
    price: 2600,
    stock: 46,
    shop: 1
  },
  {
    name: "Pulvérisateur à dos 16 L",
    name_ar: "مرشة ظهرية 16 لتر",
    description: "Pompe manuelle, lance réglable, bretelles rembourrées.",
    category: "garden-tools",
    price: 5200,
    stock: 23,
    shop: 1
  },
  {
    name: "Kit goutte à goutte pour 100 m²",
    name_ar: "طقم سقي بالتقطير لمساحة 100 متر مربع",
    description: "Tuyaux de 16 mm, goutteurs, filtre et raccords.",
    description_ar: "أنابيب 16 مم ومنقطات ومصفاة ووصلات.",
    category: "irrigation",
    price: 6900,
    original_price: 7800,
    stock: 28,
    shop: 1
  },
  {
    name: "Pompe à eau de surface 1 CV",
    name_ar: "مضخة ماء سطحية 1 حصان",
    description: "Débit de 50 L/min, moteur cuivre, pour puits et bâche.",
    category: "irrigation",
    brand: "Pedrollo",
    price: 23500,
    stock: 13,
    shop: 1
  }
]
