import { script } from "./script.ts"

/**
 * zst_fold brings a text and a query to the same letters: lower case, French accents off, Arabic letter forms
 * unified (أإآٱ → ا, ى → ي, ة → ه, ؤ → و, ئ → ي), Arabic diacritics and tatweel removed, Arabic-Indic digits to ASCII.
 * It is IMMUTABLE by construction (no dictionary, no locale), so that it can be indexed.
 */
export default script([
  `CREATE EXTENSION IF NOT EXISTS pg_trgm`,
  `CREATE FUNCTION zst_fold(input text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN translate(
      replace(replace(lower(input), 'œ', 'oe'), 'æ', 'ae'),
      'àâäáãåçéèêëíìîïñóòôöõúùûüýÿÀÂÄÁÃÅÇÉÈÊËÍÌÎÏÑÓÒÔÖÕÚÙÛÜÝأإآٱىةؤئ٠١٢٣٤٥٦٧٨٩' || U&'\\064B\\064C\\064D\\064E\\064F\\0650\\0651\\0652\\0653\\0654\\0655\\0670\\0640',
      'aaaaaaceeeeiiiinooooouuuuyyaaaaaaceeeeiiiinooooouuuuyاااايهوي0123456789'
    )`,
  // A name as it is looked up: 'Sidi-Bel-Abbès' and 'sidi bel abbes' are one, and so are 5, '05' and '٠٥'.
  `CREATE FUNCTION zst_name_key(input text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ltrim(translate(zst_fold(input), ' -_.''’ʼ´' || U&'\\00A0\\2010\\2011\\2013', ''), '0')`,
  `ALTER TABLE wilayas ADD COLUMN keys text[] NOT NULL GENERATED ALWAYS AS
    (ARRAY[code::text, zst_name_key(name_fr), zst_name_key(name_ar)]) STORED`
])
