/** French, Arabic, and what it does to the price. */
export type Word = readonly [fr: string, ar: string, factor: number]

const plain = (fr: string, ar: string): Word => [fr, ar, 1]

export const brands: ReadonlyArray<readonly [fr: string, ar: string]> = [
  ["Numidia", "نوميديا"],
  ["Tassili", "طاسيلي"],
  ["Hoggar", "هقار"],
  ["Djurdjura", "جرجرة"],
  ["Casbah", "قصبة"],
  ["Timgad", "تيمقاد"],
  ["Aurès", "أوراس"],
  ["Mitidja", "متيجة"],
  ["Soummam", "صومام"],
  ["Ahaggar", "أهقار"],
  ["Mezghana", "مزغنة"],
  ["Cirta", "سيرتا"],
  ["Hippone", "هيبون"],
  ["Icosium", "إيكوزيوم"],
  ["Zibane", "زيبان"],
  ["Dahra", "ظهرة"],
  ["Edough", "إيدوغ"],
  ["Ouarsenis", "ونشريس"],
  ["Babor", "بابور"],
  ["Saoura", "ساورة"],
  ["Gourara", "قورارة"],
  ["Touat", "توات"],
  ["Mzab", "مزاب"],
  ["Rhumel", "رمال"],
  ["Seybouse", "سيبوس"],
  ["Tafna", "تافنة"],
  ["Chenoua", "شنوة"],
  ["Lalla", "لالة"],
  ["Amel", "أمل"],
  ["Nour", "نور"],
  ["Rimel", "ريمال"],
  ["Zohra", "زهرة"]
]

export const series: ReadonlyArray<readonly [fr: string, ar: string]> = [
  ["Jasmin", "ياسمين"],
  ["Ambre", "عنبر"],
  ["Oasis", "واحة"],
  ["Soleil", "شمس"],
  ["Étoile", "نجمة"],
  ["Opale", "أوبال"],
  ["Corail", "مرجان"],
  ["Saphir", "صفير"],
  ["Perle", "لؤلؤة"],
  ["Lotus", "لوتس"],
  ["Mimosa", "ميموزا"],
  ["Orchidée", "أوركيد"],
  ["Cèdre", "أرز"],
  ["Palmier", "نخيل"],
  ["Dune", "كثبان"],
  ["Aurore", "فجر"],
  ["Horizon", "أفق"],
  ["Émeraude", "زمرد"],
  ["Topaze", "توباز"],
  ["Rubis", "ياقوت"],
  ["Cristal", "كريستال"],
  ["Safran", "زعفران"],
  ["Gazelle", "غزالة"],
  ["Fennec", "فنك"],
  ["Lune", "قمر"]
]

/** Each list has eight, so that every kind has as many names. */
export const variants = {
  colours: [
    plain("noir", "أسود"),
    plain("blanc", "أبيض"),
    plain("rouge", "أحمر"),
    plain("bleu", "أزرق"),
    plain("vert", "أخضر"),
    plain("beige", "بيج"),
    plain("gris", "رمادي"),
    plain("doré", "ذهبي")
  ].map(([fr, ar, factor]): Word => [`coloris ${fr}`, `باللون ال${ar}`, factor]),
  sizes: ["XS", "S", "M", "L", "XL", "XXL", "3XL", "4XL"].map((size) => plain(`taille ${size}`, `مقاس ${size}`)),
  models: [2, 3, 4, 5, 6, 7, 8, 9].map((model) => plain(`modèle M${model}`, `طراز M${model}`)),
  volumes: [1, 2, 3, 4, 5, 6, 7, 8].map((volume) => plain(`tome ${volume}`, `الجزء ${volume}`)),
  // A price is that of 50 ml, 128 Go, one litre, one kilogram.
  millilitres: amounts([30, 40, 50, 60, 75, 100, 125, 150], "ml", "مل", (n) => (n / 50) ** 0.6),
  gigabytes: [
    ...amounts([64, 128, 256, 512], "Go noir", "جيغا أسود", (n) => (n / 128) ** 0.25),
    ...amounts([64, 128, 256, 512], "Go blanc", "جيغا أبيض", (n) => (n / 128) ** 0.25)
  ],
  litres: amounts([1, 2, 3, 4, 5, 6, 8, 10], "L", "لتر", (n) => n ** 0.9),
  grams: amounts([100, 200, 250, 400, 500, 750, 1000, 2000], "g", "غ", (n) => (n / 1000) ** 0.9)
} satisfies Record<string, ReadonlyArray<Word>>

/** Said after a comma, so that they agree with any noun. */
export const qualities: ReadonlyArray<Word> = [
  ["premium", "جودة ممتازة", 1.3],
  ["classique", "طراز كلاسيكي", 1],
  ["haut de gamme", "فئة عالية", 1.6],
  ["économique", "سعر اقتصادي", 0.75],
  ["petit prix", "سعر صغير", 0.7],
  ["édition limitée", "إصدار محدود", 1.4],
  ["nouvelle version", "نسخة جديدة", 1.1],
  ["collection printemps", "تشكيلة الربيع", 1],
  ["collection été", "تشكيلة الصيف", 1],
  ["collection automne", "تشكيلة الخريف", 1],
  ["collection hiver", "تشكيلة الشتاء", 1.1],
  ["spécial fêtes", "خاص بالأعياد", 1.15],
  ["spécial Ramadhan", "خاص برمضان", 1],
  ["coffret cadeau", "علبة هدية", 1.25],
  ["lot de 2", "حزمة من 2", 1.9],
  ["lot de 3", "حزمة من 3", 2.7],
  ["qualité export", "جودة التصدير", 1.2],
  ["fabrication algérienne", "صناعة جزائرية", 0.9],
  ["choix des clients", "اختيار الزبائن", 1],
  ["offre de lancement", "عرض الإطلاق", 0.85]
]

export const firstNames = words(
  "Amina Karim Yacine Lynda Mohamed Sarah Nabil Imane Riad Fatima Abdelkader Meriem Sofiane Khadidja Walid Samia",
  "Hichem Nour Rachid Asma Bilal Nadia Farid Soraya Omar Leïla Mourad Houria Samir Kahina Djamel Wassila",
  "Ryad Chahinez Tarek Malika Anis Zineb Hakim Naïma Lotfi Sabrina Mehdi Ikram Younes Hanane Adel Ferial"
)

export const lastNames = words(
  "Benali Haddad Boudiaf Mansouri Bouzid Cherif Zerrouki Meziane Khelifi Saïdi Brahimi Hamidi Guettaf Lounis Toumi",
  "Belkacem Ferhat Djebbar Kaci Bensalem Boukhalfa Mebarki Slimani Rahmani Ziani Belaïd Hamdi Taleb Benaïssa Larbi",
  "Messaoudi Ouali Touati Yahiaoui Amrani Bouras Chaoui Dahmani Ghezali Hadjadj Idir Kadri Lakhdari Medjdoub Nacer"
)

/** Where most parcels go: four customers in ten live in one of these. */
export const largeWilayas: ReadonlyArray<number> = [16, 31, 19, 25, 9, 15, 6, 5, 35, 23]

function amounts(sizes: ReadonlyArray<number>, fr: string, ar: string, factor: (size: number) => number) {
  return sizes.map((size): Word => [`${size} ${fr}`, `${size} ${ar}`, factor(size)])
}

function words(...lines: ReadonlyArray<string>): ReadonlyArray<string> {
  return lines.flatMap((line) => line.split(" "))
}
