export type Wilaya = {
  readonly code: number
  readonly name_fr: string
  readonly name_ar: string
  /** ISO date: the law that made it, not its first day of work. */
  readonly valid_from: string
  /** The code of the one that it was part of. */
  readonly parent: number | null
}

/** Law 84-09 of 4 February 1984, the territorial organisation in 48 wilayas. */
const law1984 = "1984-02-04"
/**
 * Law 19-12 of 11 December 2019, amending law 84-09, in the Journal officiel n° 78 of 18 December 2019.
 * Numbers and seats followed by presidential decree in March 2021.
 */
const law2019 = "2019-12-18"

/** Law 26-06 of 4 April 2026, amending law 84-09. */
const law2026 = "2026-04-04"

const names1984: ReadonlyArray<readonly [fr: string, ar: string]> = [
  ["Adrar", "أدرار"],
  ["Chlef", "الشلف"],
  ["Laghouat", "الأغواط"],
  ["Oum El Bouaghi", "أم البواقي"],
  ["Batna", "باتنة"],
  ["Béjaïa", "بجاية"],
  ["Biskra", "بسكرة"],
  ["Béchar", "بشار"],
  ["Blida", "البليدة"],
  ["Bouira", "البويرة"],
  ["Tamanrasset", "تمنراست"],
  ["Tébessa", "تبسة"],
  ["Tlemcen", "تلمسان"],
  ["Tiaret", "تيارت"],
  ["Tizi Ouzou", "تيزي وزو"],
  ["Alger", "الجزائر"],
  ["Djelfa", "الجلفة"],
  ["Jijel", "جيجل"],
  ["Sétif", "سطيف"],
  ["Saïda", "سعيدة"],
  ["Skikda", "سكيكدة"],
  ["Sidi Bel Abbès", "سيدي بلعباس"],
  ["Annaba", "عنابة"],
  ["Guelma", "قالمة"],
  ["Constantine", "قسنطينة"],
  ["Médéa", "المدية"],
  ["Mostaganem", "مستغانم"],
  ["M'Sila", "المسيلة"],
  ["Mascara", "معسكر"],
  ["Ouargla", "ورقلة"],
  ["Oran", "وهران"],
  ["El Bayadh", "البيض"],
  ["Illizi", "إليزي"],
  ["Bordj Bou Arreridj", "برج بوعريريج"],
  ["Boumerdès", "بومرداس"],
  ["El Tarf", "الطارف"],
  ["Tindouf", "تندوف"],
  ["Tissemsilt", "تيسمسيلت"],
  ["El Oued", "الوادي"],
  ["Khenchela", "خنشلة"],
  ["Souk Ahras", "سوق أهراس"],
  ["Tipaza", "تيبازة"],
  ["Mila", "ميلة"],
  ["Aïn Defla", "عين الدفلى"],
  ["Naâma", "النعامة"],
  ["Aïn Témouchent", "عين تموشنت"],
  ["Ghardaïa", "غرداية"],
  ["Relizane", "غليزان"]
]

type Split = readonly [fr: string, ar: string, parent: number]

const names2019: ReadonlyArray<Split> = [
  ["Timimoun", "تيميمون", 1],
  ["Bordj Badji Mokhtar", "برج باجي مختار", 1],
  ["Ouled Djellal", "أولاد جلال", 7],
  ["Béni Abbès", "بني عباس", 8],
  ["In Salah", "عين صالح", 11],
  ["In Guezzam", "عين قزام", 11],
  ["Touggourt", "تقرت", 30],
  ["Djanet", "جانت", 33],
  ["El M'Ghair", "المغير", 39],
  ["El Meniaa", "المنيعة", 47]
]

const names2026: ReadonlyArray<Split> = [
  ["Aflou", "أفلو", 3],
  ["Barika", "بريكة", 5],
  ["El Kantara", "القنطرة", 7],
  ["Bir El Ater", "بئر العاتر", 12],
  ["El Aricha", "العريشة", 13],
  ["Ksar Chellala", "قصر الشلالة", 14],
  ["Aïn Oussera", "عين وسارة", 17],
  ["Messaad", "مسعد", 17],
  ["Ksar El Boukhari", "قصر البخاري", 26],
  ["Bou Saâda", "بوسعادة", 28],
  ["El Abiodh Sidi Cheikh", "الأبيض سيدي الشيخ", 32]
]

const made = (
  names: ReadonlyArray<readonly [fr: string, ar: string, parent?: number]>,
  valid_from: string,
  first: number
) =>
  names.map(([name_fr, name_ar, parent = null], index) => ({
    code: first + index,
    name_fr,
    name_ar,
    valid_from,
    parent
  }))

/** In the order of their codes, 1 to 69. */
export const wilayas: ReadonlyArray<Wilaya> = [
  ...made(names1984, law1984, 1),
  ...made(names2019, law2019, 49),
  ...made(names2026, law2026, 59)
]
