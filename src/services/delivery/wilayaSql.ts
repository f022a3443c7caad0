/** The French name of the wilaya with this code. */
export const wilayaName = (code: string) => `(SELECT w.name_fr FROM wilayas w WHERE w.code = ${code})`
