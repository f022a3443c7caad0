/** The code of the wilaya that a text names, by its name in French or Arabic or its code; null if it names none. */
export const wilayaCode = (text: string) => `(SELECT w.code FROM wilayas w WHERE zst_name_key(${text}) = ANY (w.keys))`

/** The French name of the wilaya with this code. */
export const wilayaName = (code: string) => `(SELECT w.name_fr FROM wilayas w WHERE w.code = ${code})`
