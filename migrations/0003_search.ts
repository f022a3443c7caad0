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
  // The words of a text, folded, a blank between them: of what pg_trgm makes trigrams, and nothing else, for by that alone
  // they are found. Which letters those are it says itself, of all but the usual ones one by one.
  `CREATE FUNCTION zst_spaced(input text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT btrim(CASE WHEN plain ~ U&'[^ a-z0-9\\0621-\\063A\\0641-\\064A]'
      THEN (SELECT regexp_replace(string_agg(CASE WHEN show_trgm(sign) = '{}' THEN ' ' ELSE sign END, '' ORDER BY place), ' +', ' ', 'g')
        FROM regexp_split_to_table(plain, '') WITH ORDINALITY AS signs (sign, place))
      ELSE plain END)
      FROM (SELECT regexp_replace(zst_fold(input), '[^[:alnum:]]+', ' ', 'g') AS plain) folded)`,
  `CREATE FUNCTION zst_words(input text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN string_to_array(zst_spaced(input), ' ')`,
  // A text as it is kept to be searched: each word of it, the first and the last too, stands between blanks.
  `CREATE FUNCTION zst_search(input text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ' ' || zst_spaced(input) || ' '`,
  // A name as it is looked up: 'Sidi-Bel-Abbès' and 'sidi bel abbes' are one, and so are 5, '05' and '٠٥'.
  `CREATE FUNCTION zst_name_key(input text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ltrim(translate(zst_fold(input), ' -_.''' || U&'\\00A0\\2010\\2011\\2013', ''), '0')`,
  `ALTER TABLE wilayas ADD COLUMN keys text[] NOT NULL GENERATED ALWAYS AS
    (ARRAY[code::text, zst_name_key(name_fr), zst_name_key(name_ar)]) STORED`
])
