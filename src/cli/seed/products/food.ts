import type { DemoProduct } from "./product.ts"

export const food: ReadonlyArray<DemoProduct> = [
  {
    name: "Huile d'olive vierge extra de Kabylie 5 L",
    name_ar: "زيت زيتون بكر ممتاز من منطقة القبائل 5 لتر",
    description: "Variété chemlal, première pression à froid, récolte de l'hiver, acidité inférieure à 0,8 %.",
    description_ar: "صنف شملال، عصر أول على البارد، حموضة أقل من 0,8 %.",
    category: "oils-honey",
    price: 4500,
    stock: 180,
    shop: 4
  },
  {
    name: "Huile d'olive de Sig 1 L",
    name_ar: "زيت زيتون سيق 1 لتر",
    description: "Fruité doux de la région de Mascara, bouteille en verre.",
    category: "oils-honey",
    price: 1050,
    stock: 220,
    shop: 4
  },
  {
    name: "Miel de jujubier 1 kg",
    name_ar: "عسل السدر 1 كغ",
    description: "Miel de sedra des steppes de Djelfa et de Laghouat, analysé en laboratoire.",
    description_ar: "عسل سدر من سهوب الجلفة والأغواط، محلل في المخبر.",
    category: "oils-honey",
    price: 7500,
    original_price: 8500,
    stock: 32,
    shop: 4
  },
  {
    name: "Miel d'oranger de la Mitidja 1 kg",
    name_ar: "عسل زهر البرتقال من متيجة 1 كغ",
    description: "Clair et parfumé, récolte de mai.",
    category: "oils-honey",
    price: 3800,
    stock: 58,
    shop: 4
  },
  {
    name: "Dattes Deglet Nour en branchettes 5 kg",
    name_ar: "تمر دقلة نور بالعرجون 5 كغ",
    description: "Premier choix de Tolga, caisse bois, récolte de l'automne.",
    description_ar: "اختيار أول من طولقة في صندوق خشبي.",
    category: "dates-nuts",
    price: 4200,
    stock: 140,
    shop: 4
  },
  {
    name: "Figues sèches de Béni Maouche 1 kg",
    name_ar: "تين مجفف من بني معوش 1 كغ",
    description: "Indication géographique protégée, séchées au soleil sur claies.",
    category: "dates-nuts",
    price: 1900,
    stock: 66,
    shop: 4
  },
  {
    name: "Amandes décortiquées 1 kg",
    name_ar: "لوز مقشر 1 كغ",
    description: "Amandes locales entières pour baklawa et makrout el louz.",
    category: "dates-nuts",
    price: 2800,
    original_price: 3200,
    stock: 75,
    shop: 4
  },
  {
    name: "Café moulu arabica et robusta 250 g, carton de 20",
    name_ar: "كرتون 20 علبة قهوة مطحونة 250 غ",
    description: "Torréfaction algérienne, mouture fine. Prix du carton.",
    category: "coffee-tea",
    brand: "Aroma",
    price: 9800,
    stock: 48,
    min_order_quantity: 2,
    shop: 2
  },
  {
    name: "Thé vert gunpowder 500 g",
    name_ar: "شاي أخضر بارود 500 غ",
    description: "Feuilles roulées pour thé à la menthe du Sud, mousse généreuse.",
    description_ar: "أوراق ملفوفة لشاي الصحراء بالنعناع ورغوة كثيفة.",
    category: "coffee-tea",
    price: 950,
    stock: 130,
    shop: 4
  },
  {
    name: "Couscous moyen roulé à la main 2 kg",
    name_ar: "كسكسي متوسط مفتول باليد 2 كغ",
    description: "Blé dur roulé par une coopérative de femmes de Bouira.",
    description_ar: "قمح صلب تفتله تعاونية نسوية بالبويرة.",
    category: "grocery",
    price: 1100,
    stock: 85,
    shop: 4
  },
  {
    name: "Semoule extra de blé dur 25 kg",
    name_ar: "سميد ممتاز من القمح الصلب 25 كغ",
    description: "Sac professionnel pour pain, kesra et gâteaux.",
    category: "grocery",
    brand: "Amor Benamor",
    price: 2650,
    stock: null,
    min_order_quantity: 4,
    shop: 2
  },
  {
    name: "Harissa traditionnelle 380 g, carton de 12",
    name_ar: "كرتون 12 علبة هريسة تقليدية 380 غ",
    description: "Piments séchés, ail et carvi. Prix du carton.",
    category: "grocery",
    brand: "Amor Benamor",
    price: 3300,
    stock: 64,
    min_order_quantity: 2,
    shop: 2
  },
  {
    name: "Ras el hanout aux 27 épices 250 g",
    name_ar: "رأس الحانوت بسبعة وعشرين نوعا من التوابل 250 غ",
    description: "Mélange moulu à la commande pour couscous, chorba et tajines.",
    category: "grocery",
    price: 800,
    stock: 92,
    shop: 4
  },
  {
    name: "Baklawa constantinoise aux noix, plateau de 1 kg",
    name_ar: "صينية بقلاوة قسنطينية بالجوز 1 كغ",
    description: "Feuilles fines, noix et miel, préparée la veille de l'envoi.",
    description_ar: "أوراق رقيقة وجوز وعسل، تحضر عشية الإرسال.",
    category: "sweets",
    price: 3400,
    stock: 20,
    shop: 5
  },
  {
    name: "Makrout aux dattes 1 kg",
    name_ar: "مقروط بالتمر 1 كغ",
    description: "Semoule, ghars de Biskra et eau de fleur d'oranger, frit et mielé.",
    category: "sweets",
    price: 1500,
    original_price: 1800,
    stock: 35,
    shop: 5
  }
]
