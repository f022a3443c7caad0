import type { DemoProduct } from "./product.ts"

export const electronics: ReadonlyArray<DemoProduct> = [
  {
    name: "PC portable ThinkPad E14 Core i5 16 Go 512 Go",
    name_ar: "حاسوب محمول ThinkPad E14 معالج Core i5 ذاكرة 16 جيغا",
    description: "Écran 14 pouces Full HD, SSD de 512 Go, clavier AZERTY rétroéclairé.",
    description_ar: "شاشة 14 بوصة وقرص سريع ولوحة مفاتيح مضيئة.",
    category: "computers",
    brand: "Lenovo",
    price: 138000,
    stock: 8,
    shop: 0
  },
  {
    name: "PC portable HP 15 Ryzen 5 8 Go 512 Go",
    name_ar: "حاسوب محمول HP 15 معالج Ryzen 5 ذاكرة 8 جيغا",
    description: "Pour les études et le bureau, Windows 11, sacoche offerte.",
    category: "computers",
    brand: "HP",
    price: 98500,
    original_price: 109000,
    stock: 12,
    shop: 0
  },
  {
    name: "Écran 24 pouces IPS 100 Hz",
    name_ar: "شاشة حاسوب 24 بوصة IPS 100 هرتز",
    description: "Full HD, sans bords, HDMI et VGA, support inclinable.",
    category: "computers",
    brand: "Samsung",
    price: 27500,
    stock: 19,
    shop: 0
  },
  {
    name: "Disque SSD NVMe 1 To",
    name_ar: "قرص SSD NVMe بسعة 1 تيرابايت",
    description: "Lecture à 3 500 Mo/s, dissipateur, garantie trois ans.",
    category: "computers",
    brand: "Kingston",
    price: 12800,
    stock: 45,
    shop: 0
  },
  {
    name: "Clé USB 128 Go, boîte de 10",
    name_ar: "علبة 10 مفاتيح USB بسعة 128 جيغا",
    description: "USB 3.2 métal, pour boutiques et administrations. Prix de la boîte.",
    category: "computers",
    brand: "SanDisk",
    price: 14500,
    stock: 28,
    min_order_quantity: 2,
    shop: 0
  },
  {
    name: "Smart TV Condor 43 pouces Full HD",
    name_ar: "تلفاز ذكي Condor 43 بوصة",
    description: "Android TV, récepteur intégré, deux HDMI, fabriquée à Bordj Bou Arreridj.",
    description_ar: "نظام أندرويد ومستقبل مدمج، صناعة برج بوعريريج.",
    category: "tv-audio",
    brand: "Condor",
    price: 58900,
    stock: 14,
    shop: 1
  },
  {
    name: "Smart TV Iris 55 pouces 4K",
    name_ar: "تلفاز ذكي Iris 55 بوصة 4K",
    description: "Dalle UHD, Google TV, commande vocale, garantie 24 mois.",
    category: "tv-audio",
    brand: "Iris",
    price: 89900,
    original_price: 97000,
    stock: 9,
    shop: 1
  },
  {
    name: "Démodulateur HD avec Wi-Fi",
    name_ar: "جهاز استقبال HD مع Wi-Fi",
    description: "Mise à jour par USB, YouTube, abonnement de 15 mois compris.",
    category: "tv-audio",
    brand: "Starsat",
    price: 6900,
    stock: 54,
    shop: 0
  },
  {
    name: "Enceinte Bluetooth étanche 20 W",
    name_ar: "مكبر صوت بلوتوث مقاوم للماء 20 واط",
    description: "Douze heures d'autonomie, micro SD et entrée auxiliaire.",
    category: "tv-audio",
    price: 6400,
    stock: 38,
    shop: 0
  },
  {
    name: "Manette PS5 DualSense blanche",
    name_ar: "ذراع تحكم PS5 DualSense بيضاء",
    description: "Manette d'origine, retour haptique, scellée.",
    category: "gaming",
    brand: "Sony",
    price: 19500,
    stock: 0,
    shop: 0
  },
  {
    name: "Caméra de surveillance Wi-Fi extérieure 3 MP",
    name_ar: "كاميرا مراقبة خارجية Wi-Fi بدقة 3 ميغابكسل",
    description: "Vision nocturne couleur, alerte au téléphone, IP66.",
    description_ar: "رؤية ليلية ملونة وتنبيه على الهاتف.",
    category: "networking",
    brand: "Hikvision",
    price: 7800,
    stock: 32,
    shop: 0
  },
  {
    name: "Samsung Galaxy A16 128 Go",
    name_ar: "هاتف Samsung Galaxy A16 128 جيغا",
    description: "Écran 6,7 pouces AMOLED, 4 Go de RAM, double SIM, garantie 12 mois.",
    description_ar: "شاشة 6,7 بوصة وشريحتان وضمان سنة.",
    category: "smartphones",
    brand: "Samsung",
    price: 36500,
    stock: 40,
    shop: 0
  },
  {
    name: "Samsung Galaxy A56 5G 256 Go",
    name_ar: "هاتف Samsung Galaxy A56 5G 256 جيغا",
    description: "Cadre métal, 8 Go de RAM, charge rapide 45 W.",
    category: "smartphones",
    brand: "Samsung",
    price: 79000,
    original_price: 86000,
    stock: 16,
    shop: 0
  },
  {
    name: "Samsung Galaxy S24 FE 256 Go",
    name_ar: "هاتف Samsung Galaxy S24 FE 256 جيغا",
    description: "Triple capteur de 50 Mpx, écran 120 Hz, sept ans de mises à jour.",
    category: "smartphones",
    brand: "Samsung",
    price: 118000,
    stock: 7,
    shop: 0
  },
  {
    name: "Xiaomi Redmi Note 14 256 Go",
    name_ar: "هاتف Xiaomi Redmi Note 14 256 جيغا",
    description: "Photo de 108 Mpx, 8 Go de RAM, batterie de 5 500 mAh.",
    description_ar: "كاميرا 108 ميغابكسل وبطارية كبيرة.",
    category: "smartphones",
    brand: "Xiaomi",
    price: 45900,
    stock: 35,
    shop: 0
  },
  {
    name: "Xiaomi Redmi 14C 128 Go",
    name_ar: "هاتف Xiaomi Redmi 14C 128 جيغا",
    description: "Grand écran de 6,88 pouces et deux jours d'autonomie, petit prix.",
    category: "smartphones",
    brand: "Xiaomi",
    price: 27900,
    stock: 58,
    shop: 0
  },
  {
    name: "Apple iPhone 13 128 Go",
    name_ar: "هاتف Apple iPhone 13 128 جيغا",
    description: "Neuf sous blister, double SIM avec eSIM, couleur minuit.",
    category: "smartphones",
    brand: "Apple",
    price: 129000,
    stock: 5,
    shop: 0
  },
  {
    name: "Apple iPhone 15 128 Go",
    name_ar: "هاتف Apple iPhone 15 128 جيغا",
    description: "Dynamic Island, USB-C, capteur de 48 Mpx. Facture et garantie.",
    category: "smartphones",
    brand: "Apple",
    price: 179000,
    original_price: 189000,
    stock: 3,
    shop: 0
  },
  {
    name: "Téléphone à touches double SIM",
    name_ar: "هاتف بأزرار بشريحتين",
    description: "Grosses touches, torche et radio FM, batterie d'une semaine.",
    category: "phones",
    brand: "Nokia",
    price: 4900,
    stock: 90,
    min_order_quantity: 2,
    shop: 0
  },
  {
    name: "Tablette 10 pouces 4G 64 Go",
    name_ar: "جهاز لوحي 10 بوصة 4G بسعة 64 جيغا",
    description: "Carte SIM, étui et film offerts, pour l'école et les trajets.",
    category: "tablets",
    brand: "Lenovo",
    price: 34500,
    stock: 15,
    shop: 0
  },
  {
    name: "Chargeur rapide USB-C 25 W",
    name_ar: "شاحن سريع USB-C 25 واط",
    description: "Bloc secteur et câble de 1 m, protections contre la surchauffe.",
    category: "phone-accessories",
    price: 1700,
    original_price: 2100,
    stock: 210,
    shop: 0
  },
  {
    name: "Batterie externe 20 000 mAh",
    name_ar: "بطارية متنقلة 20 000 ميلي أمبير",
    description: "Deux sorties USB et une USB-C, affichage du niveau.",
    category: "phone-accessories",
    price: 4300,
    stock: 64,
    shop: 0
  },
  {
    name: "Coques en silicone assorties, lot de 50",
    name_ar: "حزمة 50 غطاء هاتف سيليكون متنوع",
    description: "Modèles Samsung et Xiaomi courants, pour revendeurs.",
    category: "phone-accessories",
    price: 7500,
    stock: null,
    min_order_quantity: 2,
    shop: 2
  }
]
