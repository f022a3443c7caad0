import type { DemoProduct } from "./product.ts"

export const wellbeing: ReadonlyArray<DemoProduct> = [
  {
    name: "Lisseur à vapeur en céramique",
    name_ar: "مملس شعر بخاري من السيراميك",
    description: "Cinq températures de 150 à 230 °C, plaques flottantes, câble rotatif.",
    description_ar: "خمس درجات حرارة وصفائح متحركة وسلك دوار.",
    category: "beauty-devices",
    brand: "Rowenta",
    price: 9800,
    original_price: 11900,
    stock: 18,
    shop: 0
  },
  {
    name: "Sèche-cheveux professionnel 2200 W",
    name_ar: "مجفف شعر احترافي 2200 واط",
    description: "Moteur AC, air froid, deux buses et un diffuseur.",
    category: "beauty-devices",
    brand: "Babyliss",
    price: 8400,
    stock: 22,
    shop: 0
  },
  {
    name: "Épilateur à lumière pulsée 500 000 flashs",
    name_ar: "جهاز إزالة الشعر بالضوء النبضي 500 000 ومضة",
    description: "Huit intensités, visage et corps, lunettes de protection fournies.",
    category: "beauty-devices",
    price: 13900,
    stock: 11,
    shop: 0
  },
  {
    name: "Lampe UV LED pour ongles 48 W",
    name_ar: "مصباح UV LED للأظافر 48 واط",
    description: "Minuterie de 30, 60 et 99 secondes, détecteur de main.",
    category: "beauty-devices",
    price: 3300,
    stock: 40,
    shop: 3
  },
  {
    name: "Savon noir beldi à l'eucalyptus 1 kg",
    name_ar: "صابون بلدي أسود بالكاليتوس 1 كغ",
    description: "Pâte à l'huile d'olive pour gommage au hammam.",
    description_ar: "عجينة بزيت الزيتون لتقشير الجسم في الحمام.",
    category: "hammam",
    price: 850,
    stock: null,
    shop: 4
  },
  {
    name: "Coffret hammam de la mariée",
    name_ar: "طقم حمام العروس",
    description: "Tassa en cuivre, kessa, savon noir, ghassoul, serviette brodée et panier en osier.",
    description_ar: "طاسة نحاسية وكيس وصابون أسود وغسول ومنشفة مطرزة وسلة.",
    category: "hammam",
    price: 8900,
    stock: 7,
    shop: 5
  },
  {
    name: "Ghassoul en plaquettes 500 g",
    name_ar: "غسول حجر 500 غ",
    description: "Argile naturelle pour la peau et les cheveux, à faire gonfler à l'eau tiède.",
    category: "hammam",
    price: 450,
    stock: 95,
    shop: 4
  },
  {
    name: "Tondeuse à barbe rechargeable",
    name_ar: "ماكينة حلاقة اللحية قابلة للشحن",
    description: "Vingt longueurs de coupe, 60 minutes d'autonomie, lames lavables.",
    category: "men-grooming",
    brand: "Philips",
    price: 6700,
    original_price: 7900,
    stock: 24,
    shop: 0
  },
  {
    name: "Gelée royale pure 20 g",
    name_ar: "غذاء ملكات النحل الخالص 20 غ",
    description: "Récolte fraîche de l'Ouarsenis, conservée au froid, livrée en boîte isotherme.",
    description_ar: "جني طازج من الونشريس يحفظ مبردا.",
    category: "supplements",
    price: 4500,
    stock: 16,
    shop: 4
  },
  {
    name: "Magnésium marin et vitamine B6, 60 gélules",
    name_ar: "مغنيزيوم بحري مع فيتامين B6، 60 كبسولة",
    description: "Contre la fatigue passagère. Une cure d'un mois.",
    category: "supplements",
    price: 1900,
    stock: 77,
    shop: 3
  },
  {
    name: "Oméga 3, 90 capsules",
    name_ar: "أوميغا 3، 90 كبسولة",
    description: "Huile de poisson purifiée, 1 000 mg par capsule.",
    category: "supplements",
    price: 3200,
    stock: 49,
    shop: 0
  },
  {
    name: "Tensiomètre électronique de bras",
    name_ar: "جهاز قياس ضغط الدم الإلكتروني للذراع",
    description: "Grand écran, 2 × 90 mesures en mémoire, brassard de 22 à 42 cm.",
    description_ar: "شاشة كبيرة وذاكرة لقياسات شخصين.",
    category: "medical-devices",
    brand: "Omron",
    price: 9500,
    stock: 21,
    shop: 0
  },
  {
    name: "Lecteur de glycémie avec 50 bandelettes",
    name_ar: "جهاز قياس السكر مع 50 شريطا",
    description: "Résultat en cinq secondes, autopiqueur et étui compris.",
    category: "medical-devices",
    brand: "Accu-Chek",
    price: 5200,
    stock: 30,
    shop: 0
  },
  {
    name: "Fauteuil roulant pliable",
    name_ar: "كرسي متحرك قابل للطي",
    description: "Châssis acier, repose-pieds amovibles, charge maximale 110 kg.",
    category: "medical-devices",
    price: 36000,
    stock: 4,
    shop: 1
  },
  {
    name: "Oxymètre de pouls",
    name_ar: "مقياس نسبة الأكسجين في الدم",
    description: "Saturation et fréquence cardiaque au doigt, écran OLED, piles fournies.",
    category: "medical-devices",
    price: 2800,
    stock: 0,
    shop: 0
  },
  {
    name: "Tisane de thym et de verveine 100 g",
    name_ar: "شاي الزعتر واللويزة 100 غ",
    description: "Plantes de montagne séchées à l'ombre, contre la toux et pour le soir.",
    description_ar: "أعشاب جبلية مجففة في الظل لراحة المساء.",
    category: "herbs",
    price: 480,
    stock: null,
    shop: 4
  },
  {
    name: "Graines de nigelle 250 g",
    name_ar: "حبة البركة 250 غ",
    description: "Habba sawda triée, pour infusion, pain et galettes.",
    category: "herbs",
    price: 550,
    stock: 130,
    shop: 4
  }
]
