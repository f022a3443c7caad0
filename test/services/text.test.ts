import { assert, describe, it } from "@effect/vitest"
import { Option, Schema } from "effect"
import {
  Code,
  DinarsFromString,
  dinarsUpTo,
  LongText,
  NamedTexts,
  Phone,
  pageQuery,
  Text
} from "../../src/services/model.ts"
import { codeOf, isDay, mendText, partOfMobile, readText, withPlainDigits } from "../../src/services/text.ts"
import { computing } from "../support/cpu.ts"
import { drawn } from "../support/random.ts"

const refused = Symbol("refused")
const line = (input: string, max = 40) => {
  const read = readText(input, { max })
  return "fault" in read ? refused : read.text
}
const lines = (input: string) => {
  const read = readText(input, { max: 40, lines: true })
  return "fault" in read ? refused : read.text
}

describe("a text on one line", () => {
  const cases: ReadonlyArray<readonly [what: string, input: string, text: string | typeof refused]> = [
    ["is trimmed, and its blanks are single", "  Huile   d'olive ", "Huile d'olive"],
    ["is composed", "cafe\u0301", "café"],
    ["is composed after what stood between is gone", "cafe\u200b\u0301", "café"],
    ["has its line breaks and tabs as blanks", "a\r\nb\tc\u2028d\u0085e", "a b c d e"],
    ["has ordinary blanks alone", "5\u00a0L\u202fde\u3000lait\u2007!", "5 L de lait !"],
    ["has no letters that are blank", "a\u3164b\u2800c\uffa0d\u115fe", "a b c d e"],
    ["loses marks of direction", "\u202b\u200fعطر\u061c\u2066\u2069\u200e", "عطر"],
    ["loses what has no width", "\ufeffpar\u00adfum\u200b\u2060\u180e", "parfum"],
    ["loses letters of no flag", "ab\u{e0041}\u{e007f}c", "abc"],
    ["loses the hole that a picture left", "\ufffcPhoto", "Photo"],
    ["keeps the joiners of Persian", "می\u200cخواهم", "می\u200cخواهم"],
    ["keeps those of emoji", "👨‍👩‍👧 🏳️‍🌈 🧑🏽‍🚀", "👨‍👩‍👧 🏳️‍🌈 🧑🏽‍🚀"],
    [
      "keeps flags and keycaps",
      "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} 1️⃣ ❤️",
      "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} 1️⃣ ❤️"
    ],
    ["loses joiners that join nothing", "\u200dAh\u200cmed \u200d\u200c علي\u200c", "Ahmed علي"],
    ["loses selectors that select nothing", "\ufe0fAhmed\ufe0e 1\ufe0f $\ufe05", "Ahmed 1 $"],
    ["loses one that follows another", "Taille\u180b\ufe0f ❤\ufe0f\ufe0e", "Taille ❤\ufe0f"],
    ["loses one that follows a mark", "\u{1d15e}\ufe0f", "\u{1d157}\u{1d165}"],
    ["keeps those of Mongolian and of ideograms", "ᠠ\u180b 辻\u{e0100}", "ᠠ\u180b 辻\u{e0100}"],
    ["keeps marks of Arabic and tatweel", "زَيْت عطـر", "زَيْت عطـر"],
    ["is no half of a character", "Ahm\ud83ded", refused],
    ["nor the other half", "\udc00", refused],
    ["has no control characters", "a\u0001b", refused],
    ["not those of old terminals", "a\u009bb", refused],
    ["no NUL", "a\0", refused],
    ["nothing that is no character", "a\uffff", refused],
    ["is not empty", "", refused],
    ["nor blanks alone", " \u00a0\u3164\u2800\n", refused],
    ["nor invisible", "\u200b\u2066\ufe0f\u200d", refused],
    ["nor marks alone", "\u0301\u064e", refused],
    ["has no heaps of marks", `a${"\u0301\u0316".repeat(20)}`, refused],
    ["nor those that what is unseen keeps apart", `a${"\u0316".repeat(20)}\u200d${"\u0316".repeat(20)}`, refused],
    ["nor those that are made by decomposing", `a${"\u0344".repeat(20)}`, refused],
    ["is as long as may be, in characters", "🧿".repeat(40), "🧿".repeat(40)],
    ["is counted as it is kept", `${"e\u0301".repeat(40)}\u200b`, "é".repeat(40)],
    ["is no longer", "a".repeat(41), refused]
  ]
  for (const [what, input, text] of cases) it(what, () => assert.strictEqual(line(input), text))

  it("of nothing but marks is refused before it is looked at", () => {
    const took = computing(() => {
      for (const mark of ["\u0301", "\u200d", "\u202a", "\u{e0041}"])
        assert.strictEqual(line(mark.repeat(120_000)), refused)
    })
    assert.isBelow(took, 150)
  })
})

describe("a text of several lines", () => {
  const cases: ReadonlyArray<readonly [string, string | typeof refused]> = [
    ["un\r\ndeux\rtrois\n\nquatre\u2028cinq", "un\ndeux\ntrois\n\nquatre\ncinq"],
    ["\n un\tdeux  trois \n", "un deux  trois"],
    ["a\u000bb", refused],
    ["\n\n", refused]
  ]
  for (const [input, text] of cases) it(JSON.stringify(input), () => assert.strictEqual(lines(input), text))
})

/** Of what reads oddly beside what: marks, joiners, selectors and what takes them, what NFC takes apart and composes. */
const odd: ReadonlyArray<string> = [
  ...["e", "Taille", "1", "\ufe0f", "\u180b", "\u200d", "\u0301"],
  ..."e\u0301\u0316\u0344\u200c\u200d\u200b\u202a\u2066\u3164 \n\t\u00a0عطهـ19#$=\u20e3\u0338",
  ..."\ufe00\ufe0e\ufe0f\u180b\u180c\u180d\u180e\u180f\u{e0100}\u{1d15e}\u{1d165}辻\uf900ᠠ\u1885\u18a9\u{16ff0}❤",
  ...["🏴", "\u{e0067}", "\u{e007f}", "👨", "🏽", "\u115f", "\u1100", "\u1161", "a\u0327", "\u0653\u0627"]
]
const worst = Schema.Array(Schema.Literals(odd)).check(Schema.isMinLength(3), Schema.isMaxLength(12))

describe("any text", () => {
  const readings = {
    "a text": Text(200),
    "a text of several lines": LongText(200),
    "a code": Code((plain) => plain || undefined, "Expected a code")
  }
  for (const [name, schema] of Object.entries(readings)) {
    const read = Schema.decodeUnknownOption(schema)
    it.prop(
      `read once more is the same: ${name}`,
      [worst],
      ([parts]) => {
        const first = read(parts.join(""))
        if (Option.isSome(first)) assert.deepStrictEqual(read(first.value), first)
      },
      drawn(3000)
    )
  }

  it.prop(
    "read once more is the same: texts by names, which are told as they were read",
    [Schema.Array(Schema.Tuple([worst, worst]))],
    ([texts]) => {
      const input = Object.fromEntries(texts.map(([name, text]) => [name.join(""), text.join("")]))
      const named = NamedTexts(200, 50, "texts")
      const first = Schema.decodeUnknownOption(named)(input)
      if (Option.isNone(first)) return
      assert.deepStrictEqual(Schema.encodeSync(named)(first.value), first.value)
      assert.deepStrictEqual(Schema.decodeUnknownOption(named)(first.value), first)
    },
    drawn(2000)
  )

  it.prop(
    "is composed, and has nothing unseen",
    [worst],
    ([parts]) => {
      const read = readText(parts.join(""), { max: 200 })
      if ("fault" in read) return
      assert.strictEqual(read.text, read.text.normalize("NFC").trim())
      assert.notMatch(read.text, /[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad\u00a0\u3164]/)
    },
    drawn(2000)
  )

  it.prop(
    "that was mended is one that is read as it is",
    [worst],
    ([parts]) => {
      const mended = mendText(parts.join(""), 5)
      if (mended !== undefined) assert.deepStrictEqual(readText(mended, { max: 5 }), { text: mended })
    },
    drawn(2000)
  )

  it("from elsewhere is mended, or there is none", () => {
    assert.strictEqual(mendText("Ahm\ud83d\u0001ed \u202eBen\u200b  Ali\n", 120), "Ahmed Ben Ali")
    assert.strictEqual(mendText("x".repeat(500), 120), "x".repeat(120))
    assert.isUndefined(mendText("\u200b\0 ", 120))
  })
})

describe("digits and codes", () => {
  const digits: Readonly<Record<string, string>> = {
    "٠١٢٣٤٥٦٧٨٩": "0123456789",
    "۰۱۲۳۴۵۶۷۸۹": "0123456789",
    "०१२३४५६७८९": "0123456789",
    "𝟎𝟗𝟘𝟡𝟢𝟫": "090909"
  }
  for (const [given, plain] of Object.entries(digits)) {
    it(`${given} are ${plain}`, () => assert.strictEqual(withPlainDigits(given), plain))
  }
  it("are ASCII without blanks", () => assert.strictEqual(codeOf("\u202aＺＳＴ–７Ｋ ３\u00a0Ｍ\u202c"), "ZST-7K3M"))
})

const decodes = <A>(schema: Schema.Codec<A, string>) => {
  const decode = Schema.decodeUnknownOption(schema)
  return (input: unknown) => Option.getOrUndefined(decode(input))
}

describe("a phone", () => {
  const phone = decodes(Phone)
  const same = [
    "0555123456",
    "+213555123456",
    "00213555123456",
    "213555123456",
    "+213 (0) 555 12 34 56",
    "(0)555.12.34.56",
    "+2130555123456",
    "٠٥٥٥١٢٣٤٥٦",
    "۰۵۵۵ ۱۲ ۳۴ ۵۶",
    "+٢١٣٥٥٥١٢٣٤٥٦",
    "０５５５１２３４５６",
    "\u202a0555 12 34 56\u202c",
    "\u2066+213 555 12 34 56\u2069",
    "0555\u200b123456",
    "0555\u2011123\u2011456",
    "0555–12—34−56",
    "0555/12/34/56",
    "0555\u00a012\u202f34\u30005\t6",
    "＋213 555 123 456"
  ]
  for (const given of same) it(JSON.stringify(given), () => assert.strictEqual(phone(given), "+213555123456"))
  const none = [
    "",
    "0455123456",
    "555123456",
    "05551234567",
    "+33612345678",
    "0x555123456",
    "0555123456;1",
    "٠٥٥٥",
    555123456,
    `0555123456${" ".repeat(200)}`
  ]
  for (const given of none) it(`is not ${JSON.stringify(given).slice(0, 30)}`, () => assert.isUndefined(phone(given)))
})

describe("a number in a query", () => {
  const decodePage = Schema.decodeUnknownOption(Schema.Struct(pageQuery))
  const limit = (page: string) => Option.getOrUndefined(decodePage({ page }))?.page
  const amount = decodes(DinarsFromString)
  it("is what people write", () => {
    assert.deepStrictEqual(["1", "20", "007"].map(limit), [1, 20, 7])
    assert.deepStrictEqual(["0", "1500", "1500.5", "1500.50", "0.29", "1000000000"].map(amount), [
      0, 150_000, 150_050, 150_050, 29, 100_000_000_000
    ] as never)
  })
  const odd = [
    "",
    " ",
    "0x10",
    "0b11",
    "1e3",
    "Infinity",
    "NaN",
    "1_000",
    "1,000",
    "+5",
    "-1",
    " 5",
    "5 ",
    "1.",
    ".5",
    "10.005",
    "1.0.0",
    "٥",
    "1000000000.01",
    "1".repeat(400)
  ]
  for (const given of odd) {
    it(`is not ${JSON.stringify(given).slice(0, 30)}`, () => {
      assert.isUndefined(limit(given))
      assert.isUndefined(amount(given))
    })
  }
})

describe("money", () => {
  const dinars = (input: number) => Option.getOrUndefined(Schema.decodeUnknownOption(dinarsUpTo(1_000_000_000))(input))
  it("has two decimals", () => {
    assert.deepStrictEqual([0, 10, 10.5, 19.99, 0.29, 999_999_999.99].map(dinars), [
      0, 1000, 1050, 1999, 29, 99_999_999_999
    ] as never)
  })
  it("forgives what sums of floats lose", () => assert.strictEqual(dinars(0.1 + 0.2), 30 as never))
  for (const given of [10.005, 0.001, 10.0000001, 1e-7, -1, 1e9 + 0.01]) {
    it(`is not ${given}`, () => assert.isUndefined(dinars(given)))
  }
})

describe("texts by names", () => {
  const decode = Schema.decodeUnknownResult(NamedTexts(20, 5, "texts"), { errors: "all" })
  const values = (input: unknown) => {
    const result = decode(input)
    return result._tag === "Success" ? result.success : refused
  }
  it("have both as people see them", () =>
    assert.deepStrictEqual(values({ " Cou\u200bleur ": " Rouge\u00a0vif " }), { Couleur: "Rouge vif" }))
  it("are at most so many", () =>
    assert.strictEqual(values(Object.fromEntries(Array.from("abcdef", (name) => [name, "x"]))), refused))
  it("have each name once", () => assert.strictEqual(values({ Taille: "M", "Taille ": "L" }), refused))
  for (const input of [
    { "a\0b": "x" },
    { "\udc00": "x" },
    { a: "rouge \ud83d" },
    { "a\u0001": "x" },
    { "   ": "y" },
    { "": "x" },
    { [`${"k".repeat(61)}`]: "x" }
  ]) {
    it(`are not ${JSON.stringify(input).slice(0, 40)}`, () => assert.strictEqual(values(input), refused))
  }
  it("may be called as what objects have", () =>
    assert.deepStrictEqual(Object.entries(values(JSON.parse('{"constructor":"x","toString":"y"}')) as object), [
      ["constructor", "x"],
      ["toString", "y"]
    ]))
})

describe("the contract", () => {
  it("says how long a text may be", () => {
    for (const text of [Text(7), LongText(7)]) {
      assert.deepInclude(Schema.toJsonSchemaDocument(text).schema, { type: "string", minLength: 1, maxLength: 7 })
    }
  })
})

describe("a day", () => {
  it.each(["2026-02-28", "2024-02-29", "0001-01-01"])("%s is one", (text) => assert.isTrue(isDay(text)))
  it.each(["0000-01-01", "2026-02-29", "2026-13-01", "2026-1-1", "26-01-01", "2026-01-01T00:00:00Z"])(
    "%s is none",
    (text) => assert.isFalse(isDay(text))
  )
})

describe("a part of a mobile number", () => {
  const cases: ReadonlyArray<readonly [written: string, digits: string | undefined]> = [
    ["0555 12 34 56", "555123456"],
    ["213555123456", "555123456"],
    ["+213 (0) 555-12-34-56", "555123456"],
    ["٠٥٥٥١٢", "55512"],
    ["00213555", "555"],
    ["1234", "1234"],
    ["055", undefined],
    ["12", undefined],
    ["Kaci", undefined]
  ]
  it.each(cases)("%s is searched for as %s", (written, digits) => assert.strictEqual(partOfMobile(written), digits))
})
