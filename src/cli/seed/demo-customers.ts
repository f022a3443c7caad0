export interface DemoCustomer {
  readonly first_name: string
  readonly last_name: string
  /** The full name, for those who write it so. */
  readonly name_ar?: string
  readonly phone: string
  readonly wilaya_code: number
  readonly commune: string
  readonly address: string
}

type Row = readonly [
  first: string,
  last: string,
  phone: string,
  wilaya: number,
  commune: string,
  address: string,
  ar?: string
]

const rows: ReadonlyArray<Row> = [
  [
    "Amina",
    "Benali",
    "+213555010101",
    16,
    "Bab El Oued",
    "12, rue Colonel Lotfi, bâtiment B, 3e étage",
    "أمينة بن علي"
  ],
  ["Karim", "Haddad", "+213661010102", 16, "Bir Mourad Raïs", "Cité des 220 logements, bâtiment 7, porte 14"],
  ["Yacine", "Boudiaf", "+213770010103", 28, "M'Sila", "Cité Ichbilia, lot n° 42", "ياسين بوضياف"],
  ["Lynda", "Aït Ouali", "+213552010104", 15, "Azazga", "Route de Yakouren, face à la poste"],
  ["Mohamed", "Bouzid", "+213663010105", 31, "Bir El Djir", "Résidence El Yasmine, bloc 5, n° 18", "محمد بوزيد"],
  ["Sarah", "Mansouri", "+213771010106", 31, "Oran", "24, boulevard de la Soummam"],
  ["Nabil", "Cherif", "+213556010107", 25, "El Khroub", "Nouvelle ville Ali Mendjeli, UV 7, bâtiment 12", "نبيل شريف"],
  ["Imane", "Zerrouki", "+213664010108", 13, "Mansourah", "Cité Imama, villa n° 31"],
  ["Riad", "Meziane", "+213772010109", 6, "Akbou", "Quartier Guendouza, près du stade"],
  ["Fatima Zohra", "Khelifi", "+213557010110", 9, "Boufarik", "Rue des Frères Zedri, n° 9", "فاطمة الزهراء خليفي"],
  ["Abdelkader", "Saïdi", "+213665010111", 27, "Mostaganem", "Cité Salamandre, n° 56", "عبد القادر سعيدي"],
  ["Meriem", "Brahimi", "+213773010112", 19, "Sétif", "Cité El Hidhab, bâtiment A4, porte 9"],
  ["Sofiane", "Hamidi", "+213558010113", 23, "Annaba", "Cité Plaine Ouest, bâtiment 22"],
  ["Khadidja", "Ouled Sidi", "+213666010114", 47, "Ghardaïa", "Quartier Bouhraoua, rue 4", "خديجة أولاد سيدي"],
  ["Walid", "Guettaf", "+213774010115", 5, "Batna", "Cité Bouakal, rue G, n° 17"],
  ["Samia", "Lounis", "+213559010116", 35, "Boudouaou", "Lotissement El Louz, n° 63"],
  ["Hichem", "Toumi", "+213667010117", 7, "Tolga", "Route de Bordj Ben Azzouz", "هشام تومي"],
  ["Nour El Houda", "Belkacem", "+213775010118", 30, "Hassi Messaoud", "Cité des 400 logements, n° 208"],
  ["Rachid", "Ferhat", "+213551010119", 55, "Touggourt", "Quartier El Moustakbal, n° 5", "رشيد فرحات"],
  ["Asma", "Djebbar", "+213668010120", 42, "Koléa", "Cité Ali Ammari, bâtiment 3"],
  ["Bilal", "Kaci", "+213776010121", 10, "Lakhdaria", "Centre-ville, à côté de l'ancienne gare"]
]

export const demoCustomers: ReadonlyArray<DemoCustomer> = rows.map(
  ([first_name, last_name, phone, wilaya_code, commune, address, name_ar]) => ({
    first_name,
    last_name,
    ...(name_ar && { name_ar }),
    phone,
    wilaya_code,
    commune,
    address
  })
)
