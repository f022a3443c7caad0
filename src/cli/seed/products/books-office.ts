import type { DemoProduct } from "./product.ts"

export const booksOffice: ReadonlyArray<DemoProduct> = [
  {
    name: "Nedjma, Kateb Yacine",
    name_ar: "نجمة، كاتب ياسين",
    description: "Le grand roman algérien, édition de poche en français.",
    description_ar: "الرواية الجزائرية الكبرى، طبعة الجيب بالفرنسية.",
    category: "novels",
    price: 1200,
    stock: 34,
    shop: 5
  },
  {
    name: "Le Fils du pauvre, Mouloud Feraoun",
    name_ar: "ابن الفقير، مولود فرعون",
    description: "Une enfance en Kabylie, au programme du lycée.",
    category: "novels",
    price: 900,
    stock: 41,
    shop: 5
  },
  {
    name: "Mémoires de la chair, Ahlam Mosteghanemi",
    name_ar: "ذاكرة الجسد، أحلام مستغانمي",
    description: "Roman en arabe, texte intégral, couverture souple.",
    description_ar: "رواية بالعربية، النص الكامل.",
    category: "novels",
    price: 1500,
    stock: 28,
    shop: 5
  },
  {
    name: "Annales du bac, mathématiques, série sciences",
    name_ar: "حوليات البكالوريا في الرياضيات شعبة العلوم",
    description: "Dix ans de sujets corrigés avec barème, conformes au programme.",
    description_ar: "عشر سنوات من المواضيع مع الحلول المفصلة.",
    category: "school-books",
    price: 850,
    original_price: 1000,
    stock: 120,
    shop: 2
  },
  {
    name: "Pack de révision BEM toutes matières",
    name_ar: "حزمة مراجعة شهادة التعليم المتوسط لكل المواد",
    description: "Huit livrets, résumés et exercices corrigés.",
    category: "school-books",
    price: 2600,
    stock: 45,
    shop: 2
  },
  {
    name: "Coran de poche, lecture Warch",
    name_ar: "مصحف جيب برواية ورش",
    description: "Impression claire sur papier fin, couverture zippée.",
    description_ar: "طباعة واضحة على ورق رقيق بغلاف سحاب.",
    category: "religious-books",
    price: 1100,
    stock: 95,
    shop: 5
  },
  {
    name: "La Citadelle du musulman, bilingue, lot de 20",
    name_ar: "حزمة 20 نسخة من حصن المسلم باللغتين",
    description: "Format de poche, arabe et français. Prix du lot.",
    category: "religious-books",
    price: 3200,
    stock: 36,
    min_order_quantity: 2,
    shop: 2
  },
  {
    name: "Contes algériens de Djeha, album illustré",
    name_ar: "حكايات جحا الجزائرية، كتاب مصور",
    description: "Douze histoires drôles, grandes images, dès 5 ans.",
    category: "children-books",
    price: 950,
    stock: 52,
    shop: 5
  },
  {
    name: "Cahiers 96 pages, colis de 50",
    name_ar: "حزمة 50 كراسا من 96 صفحة",
    description: "Grands carreaux, papier de 70 g, couverture plastifiée.",
    description_ar: "ورق 70 غ بغلاف بلاستيكي.",
    category: "stationery",
    price: 3900,
    original_price: 4500,
    stock: 200,
    min_order_quantity: 2,
    shop: 2
  },
  {
    name: "Cartable à roulettes",
    name_ar: "محفظة مدرسية بعجلات",
    description: "Deux compartiments, bretelles et poignée télescopique.",
    category: "stationery",
    price: 4700,
    stock: 38,
    shop: 2
  },
  {
    name: "Stylos à bille bleus, boîte de 100",
    name_ar: "علبة 100 قلم حبر جاف أزرق",
    description: "Pointe moyenne de 1 mm, encre qui ne bave pas.",
    category: "stationery",
    brand: "Bic",
    price: 2900,
    stock: 90,
    min_order_quantity: 2,
    shop: 2
  },
  {
    name: "Rame de papier A4 80 g, carton de 5",
    name_ar: "كرتون 5 رزم ورق A4 80 غ",
    description: "Blanc extra, pour laser et jet d'encre, 2 500 feuilles.",
    category: "stationery",
    price: 4400,
    stock: 110,
    shop: 2
  },
  {
    name: "Imprimante multifonction EcoTank couleur",
    name_ar: "طابعة متعددة الوظائف EcoTank ملونة",
    description: "Réservoirs rechargeables, Wi-Fi, encre pour 4 500 pages.",
    description_ar: "خزانات قابلة للملء وحبر يكفي 4 500 صفحة.",
    category: "printers",
    brand: "Epson",
    price: 42500,
    stock: 10,
    shop: 0
  },
  {
    name: "Toner compatible HP 85A, lot de 4",
    name_ar: "حزمة 4 أحبار متوافقة مع HP 85A",
    description: "1 600 pages par cartouche, puce reconnue.",
    category: "printers",
    price: 5600,
    stock: 47,
    min_order_quantity: 2,
    shop: 0
  },
  {
    name: "Chaise de bureau ergonomique",
    name_ar: "كرسي مكتب مريح للظهر",
    description: "Dossier maille, soutien lombaire, accoudoirs réglables.",
    category: "office-furniture",
    price: 16900,
    original_price: 19500,
    stock: 15,
    shop: 1
  },
  {
    name: "Bureau droit 120 cm avec caisson",
    name_ar: "مكتب مستقيم 120 سم مع أدراج",
    description: "Panneaux de 18 mm, trois tiroirs à clé, chêne et blanc.",
    category: "office-furniture",
    price: 23800,
    stock: 7,
    shop: 1
  },
  {
    name: "Carte cadeau 5 000 DA",
    name_ar: "بطاقة هدية بقيمة 5 000 دينار",
    description: "Valable un an sur toute la boutique, envoyée par message.",
    description_ar: "صالحة سنة كاملة في كل المتجر وترسل برسالة.",
    category: "other",
    price: 5000,
    stock: null,
    shop: 5
  },
  {
    name: "Sac mystère de fin de série",
    name_ar: "كيس مفاجآت من نهاية السلسلة",
    description: "Cinq articles neufs au hasard, valeur garantie au double du prix.",
    category: "other",
    price: 1999.5,
    original_price: 3999,
    stock: 25,
    shop: 2
  },
  {
    name: "Emballage cadeau et carte manuscrite",
    name_ar: "تغليف هدية مع بطاقة مكتوبة باليد",
    description: "À ajouter à une commande, ruban de la couleur de votre choix.",
    category: "other",
    price: 300,
    stock: null,
    shop: 5
  },
  {
    name: "Drapeau algérien 150 × 90 cm",
    name_ar: "علم جزائري 150 × 90 سم",
    description: "Polyester cousu, anneaux métalliques, pour balcon et stade.",
    category: "other",
    price: 750,
    stock: 300,
    shop: 2
  }
]
