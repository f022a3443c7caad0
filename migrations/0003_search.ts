import { script } from "./script.ts"

/** What stands apart once a text is decomposed, and says nothing of which word it is: accents, vowel signs, marks that only direct. */
const marks = [
  "\\0300-\\036F",
  "\\0610-\\061A\\064B-\\065F\\0670\\06D6-\\06DC\\06DF-\\06E4\\06E7\\06E8\\06EA-\\06ED",
  // tatweel
  "\\0640",
  "\\00AD\\061C\\200B-\\200F\\202A-\\202E\\2060-\\2064\\2066-\\2069\\FEFF"
].join("")

/**
 * zst_fold brings a text and a query to the same letters: decomposed (NFKD, which takes apart presentation forms too),
 * without marks (so that أإآؤئ are their letters), lower case, œ and æ in two, Arabic ى as ي, ة as ه, ٱ as ا, and the
 * letters and digits of Persian keyboards as Arabic ones, digits as ASCII, typographic apostrophes as the plain one.
 * It is IMMUTABLE by construction (no dictionary, no locale), so that it can be indexed.
 */
export default script([
  `CREATE EXTENSION IF NOT EXISTS pg_trgm`,
  `CREATE FUNCTION zst_fold(input text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN translate(
      replace(replace(lower(regexp_replace(normalize(replace(input, '´', ''''), NFKD), U&'[${marks}]', '', 'g')), 'œ', 'oe'), 'æ', 'ae'),
      'ىةٱیېکەھہ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹’‘ʼ\`′',
      'يهاييكههه01234567890123456789${"''".repeat(5)}'
    )`,
  // A text as it is kept to be searched: each word of it, the first too, has a blank before it.
  `CREATE FUNCTION zst_search(input text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ' ' || zst_fold(input)`,
  // What LIKE finds wherever these words stand in such a text; one or two letters are found where a word begins, which
  // trigrams know. Escaped after the fold, which makes signs of LIKE of other characters.
  `CREATE FUNCTION zst_within(input text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN length(zst_fold(input)) < 3 THEN '% ' ELSE '%' END || regexp_replace(zst_fold(input), '[\\\\%_]', '\\\\\\&', 'g') || '%'`,
  // A name as it is looked up: 'Sidi-Bel-Abbès' and 'sidi bel abbes' are one, and so are 5, '05' and '٠٥'.
  `CREATE FUNCTION zst_name_key(input text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ltrim(translate(zst_fold(input), ' -_.''' || U&'\\00A0\\2010\\2011\\2013', ''), '0')`,
  `ALTER TABLE wilayas ADD COLUMN keys text[] NOT NULL GENERATED ALWAYS AS
    (ARRAY[code::text, zst_name_key(name_fr), zst_name_key(name_ar)]) STORED`
])
