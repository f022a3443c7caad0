import { wilayas } from "./data/wilayas.ts"
import { insertRows, script } from "./script.ts"

export default script(
  [
    `CREATE TABLE wilayas (
    code smallint PRIMARY KEY,
    name_fr text NOT NULL,
    name_ar text NOT NULL,
    valid_from date NOT NULL,
    parent smallint REFERENCES wilayas (code)
  )`
  ],
  insertRows("wilayas", wilayas)
)
